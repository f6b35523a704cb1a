// SPDX-License-Identifier: GPL-2.0-or-later
// The VM: its file descriptor, created on /dev/kvm or /dev/hvk, and the ioctls on it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"
#include "hv/hypervisor.h"

namespace hvk {

// The numbers of KVM's memory slots, by their content.
namespace slots {
inline constexpr uint32_t kRam = 0;
inline constexpr uint32_t kFlash = 1;        // the first bank; the second has the next number
inline constexpr uint32_t kFirstShared = 3;  // shared regions have this number and those above
}  // namespace slots

class Vm {
 public:
  // Creates a VM at `hypervisor`, which must outlive it. Throws SetupError with a remedy if it
  // cannot be created.
  explicit Vm(const Hypervisor& hypervisor);

  // Maps `memory` into the guest at `ipa`, as memory slot `slot`. Both addresses
  // must be page-aligned, and `memory` must outlive the VM. A guest's write to
  // read-only memory exits as MMIO. Throws SetupError.
  void map(uint32_t slot, uint64_t ipa, std::span<const std::byte> memory, bool read_only);
  // As `map`, but also while the guest runs and from any thread. An empty `memory` removes the
  // slot. Returns false, with errno set, if the ioctl fails.
  bool remap(uint32_t slot, uint64_t ipa, std::span<const std::byte> memory,
             bool read_only) const noexcept;

  // Two ioctls that only hvk has. HVK_VM_PARA enables hypercalls, with `flags` HVK_PARA_*, and is
  // to be called before the first vCPU is created. HVK_PREFAULT maps `size` bytes at `ipa`, which
  // must lie in memory slots, at stage 2, so that the guest's first access causes no exit. Both
  // throw SetupError.
  void enable_hypercalls(uint32_t flags) const;
  void prefault(uint64_t ipa, uint64_t size) const;

  // Ends the guest, since something failed without which it cannot go on: a vCPU that finds
  // `given_up` after an exit to a device ends with GuestEnd::kHostFailure. Any thread.
  void give_up() noexcept { given_up_ = true; }
  bool given_up() const noexcept { return given_up_; }

  // Sets CNTVCT and CNTPCT of the VM to run `ticks` ticks behind the host's. To be called before
  // the first vCPU is created. KVM has this from Linux 6.4 on (kCapCounterOffset). Throws
  // SetupError.
  void offset_counts(uint64_t ticks);
  // Whether `offset_counts` was called. If so, setting the counters through a vCPU has no effect.
  bool counts_offset() const { return counts_offset_; }

  // Sets the level of the line of an SPI, whose INTID is 32 or above. Any thread.
  void set_spi(uint32_t intid, bool asserted) const noexcept;

  // An SPI that rises when the eventfd `event` is signalled and falls when the guest has ended the
  // interrupt, of which `resampled` is then signalled (KVM_IRQFD_FLAG_RESAMPLE); and the end of
  // that. `bind_irqfd` throws SetupError.
  void bind_irqfd(uint32_t intid, int event, int resampled) const;
  void unbind_irqfd(uint32_t intid, int event, int resampled) const noexcept;

  // From now on a guest's write of `value`, of 4 bytes, to `ipa` signals the eventfd `event` and
  // does not exit; and the end of that. `bind_ioeventfd` throws SetupError.
  void bind_ioeventfd(uint64_t ipa, uint32_t value, int event) const;
  void unbind_ioeventfd(uint64_t ipa, uint32_t value, int event) const noexcept;

  // Creates an in-kernel device of type KVM_DEV_TYPE_*. Returns an empty Fd if the hypervisor does
  // not have that type; throws SetupError on other errors.
  Fd create_device(uint32_t type) const;

  // Creates vCPU `id` and returns its descriptor. Throws SetupError.
  Fd create_vcpu(unsigned id) const;

  // The value of the capability KVM_CAP_*, or 0 if the hypervisor does not know it.
  int capability(int cap) const noexcept;

  // Whether the hypervisor has hvk's own ioctls, and with them hypercalls.
  bool hvk() const { return hypervisor_.hvk(); }

  int fd() const { return vm_.get(); }
  size_t run_page_size() const { return run_page_size_; }

 private:
  void prefault_step(uint64_t ipa, uint64_t size) const;

  const Hypervisor& hypervisor_;
  const std::string& device_;  // its name
  bool counts_offset_ = false;
  std::atomic<bool> given_up_ = false;
  Fd vm_;
  size_t run_page_size_ = 0;
};

}  // namespace hvk
