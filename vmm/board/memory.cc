// SPDX-License-Identifier: GPL-2.0-or-later
#include "board/memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/error.h"

namespace hvk {
namespace {

// The size of a level 2 block in stage-2 (DDI 0487 D8.2, 4 KiB granule).
constexpr uint64_t kBlock = uint64_t{2} << 20;

constexpr const char* kGiveLess = "give the guest less: --memory, or memory in a system's file";

// Throws SetupError if `size` is more than the host's RAM and swap: a guest that used all of it
// would exhaust the host's memory, and hvk-run would be killed, perhaps others too.
void check_host_has(uint64_t size) {
  struct sysinfo host = {};
  if (::sysinfo(&host) != 0) return;
  const uint64_t all = (uint64_t{host.totalram} + host.totalswap) * host.mem_unit;
  if (size <= all) return;
  throw SetupError(fmt::format("guest RAM of {} MiB", size >> 20),
                   fmt::format("this host has {} MiB of RAM and swap", all >> 20),
                   std::string(kGiveLess) + "; or the host swap");
}

// A file of `size` bytes in memory. It cannot be made shorter, so that no process that it is given
// to can make this one's accesses to the mapping fail.
Fd memory_file(uint64_t size) {
  Fd file(::memfd_create("guest-ram", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0 ||
      ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    throw_errno("guest RAM that is shared with devices' back ends", kGiveLess);
  }
  return file;
}

}  // namespace

GuestMemory::GuestMemory(uint64_t ipa, uint64_t size, Kind kind) : ipa_(ipa) {
  if (size == 0 || size > UINT64_MAX - kBlock - ipa) {
    throw SetupError("guest RAM", "no such size");
  }
  check_host_has(size);
  // Map one block more than needed, and unmap what lies outside the aligned part.
  if (kind == Kind::kShared) file_ = memory_file(size);
  const uint64_t padded = size + kBlock;
  void* raw = ::mmap(nullptr, padded, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED) throw_errno("guest RAM", kGiveLess);
  const uint64_t start = reinterpret_cast<uintptr_t>(raw);
  const uint64_t aligned = (start + kBlock - 1) & ~(kBlock - 1);
  if (aligned > start) ::munmap(raw, aligned - start);
  const uint64_t tail = start + padded - (aligned + size);
  if (tail > 0) ::munmap(reinterpret_cast<void*>(aligned + size), tail);
  bytes_ = {reinterpret_cast<std::byte*>(aligned), size};
  if (file_ && ::mmap(bytes_.data(), size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_FIXED | MAP_NORESERVE, file_.get(), 0) == MAP_FAILED) {
    const int error = errno;
    ::munmap(bytes_.data(), size);
    errno = error;
    throw_errno("guest RAM", kGiveLess);
  }
  // A failure does not matter: huge pages only save time, and a kernel without them says EINVAL.
  ::madvise(bytes_.data(), bytes_.size(), MADV_HUGEPAGE);
}

GuestMemory::~GuestMemory() {
  // A back end may have the file, and keep it mapped until a driver starts its device again.
  if (file_) {
    ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                static_cast<off_t>(bytes_.size()));
  }
  ::munmap(bytes_.data(), bytes_.size());
}

std::optional<std::span<std::byte>> GuestMemory::at(uint64_t ipa, uint64_t size) {
  if (ipa < ipa_) return std::nullopt;
  const uint64_t offset = ipa - ipa_;
  if (offset > bytes_.size() || size > bytes_.size() - offset) return std::nullopt;
  return bytes_.subspan(offset, size);
}

uint64_t GuestMemory::resident() const noexcept {
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  std::array<unsigned char, 4096> pages;
  uint64_t count = 0;
  for (uint64_t at = 0; at < bytes_.size(); at += pages.size() * page) {
    const uint64_t size = std::min<uint64_t>(pages.size() * page, bytes_.size() - at);
    if (::mincore(bytes_.data() + at, size, pages.data()) != 0) return 0;
    for (uint64_t i = 0; i < (size + page - 1) / page; ++i) count += pages[i] & 1;
  }
  return count * page;
}

void GuestMemory::discard(std::span<std::byte> range) noexcept {
  if (!can_discard_ || range.empty()) return;
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto start = static_cast<uint64_t>(range.data() - bytes_.data());
  const uint64_t first = (start + page - 1) & ~(page - 1),
                 last = (start + range.size()) & ~(page - 1);
  if (first >= last) return;
  if (file_) {
    ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(first),
                static_cast<off_t>(last - first));
  } else {
    ::madvise(bytes_.data() + first, last - first, MADV_DONTNEED);
  }
}

void GuestMemory::lock() {
  can_discard_ = false;
  if (::mlock(bytes_.data(), bytes_.size()) != 0) {
    throw_errno(
        "keeping guest RAM in memory",
        "it needs as much free memory, and root or a high enough RLIMIT_MEMLOCK (ulimit -l)");
  }
}

}  // namespace hvk
