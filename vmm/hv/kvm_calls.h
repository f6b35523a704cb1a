// SPDX-License-Identifier: GPL-2.0-or-later
// KVM ioctls that <linux/kvm.h> of Debian 12 defines wrongly for C++, or not at all.
//
// First, ioctls whose argument ends in an array of variable length. The ioctl number contains
// the size of the part before the array. In <linux/kvm.h> of Debian 12's later kernels
// (6.1.192) these arrays are declared beside an empty structure, whose size is 0 in C but not
// in C++: the header's macros then give numbers that no kernel implements. The comment behind
// each number names the members that its size covers.
#pragma once

#include <linux/kvm.h>

#include <cstdint>

namespace hvk {

inline constexpr unsigned long kvm_get_reg_list = _IOWR(KVMIO, 0xb0, uint64_t);    // n
inline constexpr unsigned long kvm_set_gsi_routing = _IOW(KVMIO, 0x6a, uint64_t);  // nr, flags
inline constexpr unsigned long kvm_set_signal_mask = _IOW(KVMIO, 0x8b, uint32_t);  // len

// Second, the ioctl of Linux 6.4 and later that sets how many ticks both counters of a VM are
// behind the host's (Documentation/virt/kvm/api.rst, KVM_ARM_SET_COUNTER_OFFSET).
struct CounterOffset {
  uint64_t offset;  // ticks
  uint64_t reserved;
};
inline constexpr int kCapCounterOffset = 227;
inline constexpr unsigned long kvm_arm_set_counter_offset = _IOW(KVMIO, 0xb5, CounterOffset);

}  // namespace hvk
