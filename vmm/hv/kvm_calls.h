// SPDX-License-Identifier: GPL-2.0-or-later
// KVM's calls that <linux/kvm.h> of Debian 12 does not have right, or not yet.
//
// First, numbers of calls whose argument ends in an array of any length. Such a number
// carries the size of what comes before the array. In <linux/kvm.h> of Debian 12's later
// kernels (6.1.192) these arrays stand beside an empty structure, which in C++, unlike C,
// has a size: the header's numbers are then of calls that no kernel has.
#pragma once

#include <linux/kvm.h>

#include <cstdint>

namespace hvk {

inline constexpr unsigned long kvm_get_reg_list = _IOWR(KVMIO, 0xb0, uint64_t);    // n
inline constexpr unsigned long kvm_set_gsi_routing = _IOW(KVMIO, 0x6a, uint64_t);  // nr, flags
inline constexpr unsigned long kvm_set_signal_mask = _IOW(KVMIO, 0x8b, uint32_t);  // len

// Then, since Linux 6.4: how far both counts of a VM are behind the host's
// (Documentation/virt/kvm/api.rst, KVM_ARM_SET_COUNTER_OFFSET).
struct CounterOffset {
  uint64_t offset;  // ticks
  uint64_t reserved;
};
inline constexpr int kCapCounterOffset = 227;
inline constexpr unsigned long kvm_arm_set_counter_offset = _IOW(KVMIO, 0xb5, CounterOffset);

}  // namespace hvk
