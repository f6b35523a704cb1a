// SPDX-License-Identifier: GPL-2.0-or-later
// The VM: a file descriptor of /dev/kvm or /dev/hvk, and what it can be asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"

namespace hvk {

// KVM's memory slots, by what lies in them.
namespace slots {
inline constexpr uint32_t kRam = 0;
inline constexpr uint32_t kFlash = 1;  // and the next: a bank each
inline constexpr uint32_t kFirstShared = 3;
}  // namespace slots

class Vm {
 public:
  // Opens `device` and creates a VM there. Throws SetupError with the remedy
  // if the device is missing, closed to this user, or not what it should be.
  explicit Vm(const std::string& device);

  // Makes `memory` the guest's from `ipa` on; both page-aligned. It must
  // outlive the VM. Guest writes to read-only memory come out as MMIO.
  void map(uint32_t slot, uint64_t ipa, std::span<const std::byte> memory, bool read_only);
  // Changes the slot while the guest runs, from any thread; without memory the slot is removed.
  // Returns false if that fails, with errno set.
  bool remap(uint32_t slot, uint64_t ipa, std::span<const std::byte> memory,
             bool read_only) const noexcept;

  // hvk's own calls: HVK_VM_PARA, to be made before the first vCPU, and HVK_PREFAULT, for memory
  // that was mapped. Both throw SetupError.
  void enable_hypercalls(uint32_t flags) const;
  void prefault(uint64_t ipa, uint64_t size) const;

  // Before the first vCPU: CNTVCT and CNTPCT are this many ticks behind the host's, for good.
  // Not with a KVM before Linux 6.4 (kCapCounterOffset). Throws SetupError.
  void offset_counts(uint64_t ticks);
  // Whether `offset_counts` was called; the counts can no longer be set through a vCPU then.
  bool counts_offset() const { return counts_offset_; }

  // Sets the level of an SPI's line (INTID 32 and up). Any thread.
  void set_spi(uint32_t intid, bool asserted) const noexcept;

  // An in-kernel device, KVM_DEV_TYPE_*; an empty Fd if there is no such type.
  Fd create_device(uint32_t type) const;

  Fd create_vcpu(unsigned id) const;

  // The value of a KVM_CAP_*, 0 if unknown.
  int capability(int cap) const noexcept;

  // Whether the device has hvk's own calls, hypercalls among them.
  bool hvk() const { return hvk_; }

  int fd() const { return vm_.get(); }
  size_t run_page_size() const { return run_page_size_; }

 private:
  std::string device_;
  Fd system_;
  bool hvk_ = false;
  bool counts_offset_ = false;
  Fd vm_;
  size_t run_page_size_ = 0;
};

}  // namespace hvk
