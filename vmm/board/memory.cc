// SPDX-License-Identifier: GPL-2.0-or-later
#include "board/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

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

}  // namespace

GuestMemory::GuestMemory(uint64_t ipa, uint64_t size) : ipa_(ipa) {
  if (size == 0 || size > UINT64_MAX - kBlock - ipa) {
    throw SetupError("guest RAM", "no such size");
  }
  check_host_has(size);
  // Map one block more than needed, and unmap what lies outside the aligned part.
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
  // A failure does not matter: huge pages only save time, and a kernel without them says EINVAL.
  ::madvise(bytes_.data(), bytes_.size(), MADV_HUGEPAGE);
}

GuestMemory::~GuestMemory() { ::munmap(bytes_.data(), bytes_.size()); }

std::optional<std::span<std::byte>> GuestMemory::at(uint64_t ipa, uint64_t size) {
  if (ipa < ipa_) return std::nullopt;
  const uint64_t offset = ipa - ipa_;
  if (offset > bytes_.size() || size > bytes_.size() - offset) return std::nullopt;
  return bytes_.subspan(offset, size);
}

void GuestMemory::lock() {
  if (::mlock(bytes_.data(), bytes_.size()) != 0) {
    throw_errno(
        "keeping guest RAM in memory",
        "it needs as much free memory, and root or a high enough RLIMIT_MEMLOCK (ulimit -l)");
  }
}

}  // namespace hvk
