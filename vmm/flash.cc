// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/flash.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "vmm/error.h"
#include "vmm/fd.h"
#include "vmm/units.h"

namespace hvk {
namespace {

constexpr size_t kChunk = 2 << 20;
constexpr std::byte kErased{0xff};

// A file of one erased chunk.
Fd erased_chunk() {
  Fd fd(::memfd_create("hvk-flash", MFD_CLOEXEC));
  const std::vector<std::byte> blank(kChunk, kErased);
  if (!fd || ::write(fd.get(), blank.data(), blank.size()) != static_cast<ssize_t>(kChunk)) {
    throw_errno("flash");
  }
  return fd;
}

}  // namespace

Flash::~Flash() {
  if (!image_.empty()) ::munmap(image_.data(), image_.size());
}

void Flash::program(std::span<const std::byte> firmware) {
  constexpr size_t kSize = layout::kFlash.size;
  if (firmware.size() > kSize) {
    throw SetupError("firmware of " + format_size(firmware.size()),
                     "the flash has only " + format_size(kSize));
  }
  void* all = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) throw_errno("flash");
  image_ = {static_cast<std::byte*>(all), kSize};

  std::copy(firmware.begin(), firmware.end(), image_.begin());
  const size_t own = (firmware.size() + kChunk - 1) / kChunk * kChunk;
  std::fill(image_.begin() + static_cast<ptrdiff_t>(firmware.size()),
            image_.begin() + static_cast<ptrdiff_t>(own), kErased);
  // What follows is the same chunk again and again, in memory only once.
  const Fd blank = erased_chunk();
  for (size_t offset = own; offset < kSize; offset += kChunk) {
    if (::mmap(image_.data() + offset, kChunk, PROT_READ, MAP_SHARED | MAP_FIXED, blank.get(), 0) ==
        MAP_FAILED) {
      throw_errno("flash");
    }
  }
}

uint64_t Flash::read(uint64_t offset, unsigned size) {
  if (!image_.empty()) {
    // A load from the memory slot that could not be made directly.
    uint64_t value = 0;
    std::memcpy(&value, image_.data() + offset, size);
    return value;
  }
  return size >= sizeof(uint64_t) ? UINT64_MAX : (uint64_t{1} << (8 * size)) - 1;
}

void Flash::write(uint64_t, unsigned, uint64_t) {}

}  // namespace hvk
