// SPDX-License-Identifier: GPL-2.0-or-later
// Guest RAM: its mapping in the VMM, and bounds-checked access by IPA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/fd.h"

namespace hvk {

// A contiguous range of the guest's physical memory, backed by memory of this process. The kernel
// maps it into stage-2 on demand.
class GuestMemory {
 public:
  enum class Kind {
    kPrivate,  // anonymous memory, which no other process reaches
    kShared,   // a memfd, which can be given to processes that serve the guest's devices
  };

  // Maps `size` bytes (a multiple of the page size), zero-filled, for IPA `ipa`. They are aligned
  // to 2 MiB in this process, so that the kernel can use blocks in stage-2. Throws SetupError.
  GuestMemory(uint64_t ipa, uint64_t size, Kind kind = Kind::kPrivate);
  ~GuestMemory();
  GuestMemory(const GuestMemory&) = delete;
  GuestMemory& operator=(const GuestMemory&) = delete;

  uint64_t base() const { return ipa_; }  // IPA
  uint64_t size() const { return bytes_.size(); }
  uint64_t end() const { return ipa_ + bytes_.size(); }

  // All of the memory; index 0 is at IPA `base`.
  std::span<std::byte> bytes() { return bytes_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  // The memfd that holds the memory from its first byte on; -1 if it is private.
  int fd() const { return file_.get(); }

  // The bytes at IPA [ipa, ipa + size), or nothing if any of them lies outside.
  std::optional<std::span<std::byte>> at(uint64_t ipa, uint64_t size);

  // Faults all of the memory in and keeps it in the host's RAM (mlock(2)). Throws SetupError.
  void lock();

  // How many bytes of it the host has in memory. Any thread.
  uint64_t resident() const noexcept;

  // Gives the pages that lie in `range`, a part of this memory, back to the host: they read as
  // zeroes from then on. Does nothing if it cannot be, which `can_discard` says. Any thread.
  void discard(std::span<std::byte> range) noexcept;
  bool can_discard() const { return can_discard_; }
  // The kernel does not follow changes of this mapping in stage-2 (KVM_CAP_SYNC_MMU is 0), so that
  // nothing can be given back. Set-up only.
  void keep() { can_discard_ = false; }

 private:
  uint64_t ipa_;
  Fd file_;  // none if the memory is private
  bool can_discard_ = true;
  std::span<std::byte> bytes_;
};

}  // namespace hvk
