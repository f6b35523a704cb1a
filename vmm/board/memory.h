// SPDX-License-Identifier: GPL-2.0-or-later
// Guest RAM: its mapping in the VMM, and bounds-checked access by IPA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hvk {

// A contiguous range of the guest's physical memory, backed by anonymous memory of this process.
// The kernel maps it into stage-2 on demand.
class GuestMemory {
 public:
  // Maps `size` bytes (a multiple of the page size), zero-filled, for IPA `ipa`. They are aligned
  // to 2 MiB in this process, so that the kernel can use blocks in stage-2. Throws SetupError.
  GuestMemory(uint64_t ipa, uint64_t size);
  ~GuestMemory();
  GuestMemory(const GuestMemory&) = delete;
  GuestMemory& operator=(const GuestMemory&) = delete;

  uint64_t base() const { return ipa_; }  // IPA
  uint64_t size() const { return bytes_.size(); }
  uint64_t end() const { return ipa_ + bytes_.size(); }

  // All of the memory; index 0 is at IPA `base`.
  std::span<std::byte> bytes() { return bytes_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  // The bytes at IPA [ipa, ipa + size), or nothing if any of them lies outside.
  std::optional<std::span<std::byte>> at(uint64_t ipa, uint64_t size);

  // Faults all of the memory in and keeps it in the host's RAM (mlock(2)). Throws SetupError.
  void lock();

 private:
  uint64_t ipa_;
  std::span<std::byte> bytes_;
};

}  // namespace hvk
