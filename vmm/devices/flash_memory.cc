// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/flash_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error.h"

namespace hvk {
namespace {

constexpr size_t kChunk = 2 << 20;
constexpr size_t kPage = 4096;

// Makes an anonymous file of one chunk that is erased. Throws SetupError.
Fd erased_chunk() {
  Fd fd(::memfd_create("hvk-flash", MFD_CLOEXEC));
  const std::vector<std::byte> blank(kChunk, kErased);
  if (!fd || ::write(fd.get(), blank.data(), blank.size()) != static_cast<ssize_t>(kChunk)) {
    throw_errno("flash");
  }
  return fd;
}

}  // namespace

FlashMemory::FlashMemory(uint64_t size) {
  const Fd blank = erased_chunk();
  void* all = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) throw_errno("flash");
  bytes_ = {static_cast<std::byte*>(all), size};
  // Maps the same chunk again and again. Its pages are in memory once; a page that is written
  // becomes a private copy.
  for (size_t offset = 0; offset < size; offset += kChunk) {
    if (::mmap(bytes_.data() + offset, std::min(kChunk, size - offset), PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, blank.get(), 0) == MAP_FAILED) {
      const int error = errno;
      ::munmap(all, size);
      errno = error;
      throw_errno("flash");
    }
  }
}

FlashMemory::FlashMemory(uint64_t size, VarsFile& file) : FlashMemory(size) {
  std::vector<std::byte> chunk(kChunk);
  for (uint64_t offset = 0; offset < size; offset += kChunk) {
    const auto part = std::span(chunk).first(std::min<uint64_t>(kChunk, size - offset));
    file.read(offset, part);
    load(offset, part);
  }
  file_ = &file;
}

FlashMemory::FlashMemory(FlashMemory&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), file_(other.file_) {}

FlashMemory::~FlashMemory() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

void FlashMemory::load(uint64_t offset, std::span<const std::byte> content) {
  for (size_t done = 0; done < content.size(); done += kPage) {
    const auto page = content.subspan(done, std::min(kPage, content.size() - done));
    std::byte* to = bytes_.data() + offset + done;
    // A page with equal content is not written, since a write would make a private copy of it.
    if (std::memcmp(to, page.data(), page.size()) != 0) {
      std::memcpy(to, page.data(), page.size());
    }
  }
}

bool FlashMemory::write(uint64_t offset, std::span<const std::byte> content) noexcept {
  if (file_ && !file_->write(offset, content)) return false;
  std::copy(content.begin(), content.end(), bytes_.begin() + static_cast<ptrdiff_t>(offset));
  return true;
}

}  // namespace hvk
