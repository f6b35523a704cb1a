// SPDX-License-Identifier: GPL-2.0-or-later
// The complete state of a vCPU between two calls of KVM_RUN, to be restored in
// another VM.
#pragma once

#include <linux/kvm.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hvk {

class VcpuState {
 public:
  // Reads the state of the vCPU `fd`. It must not be running, and its last exit
  // must be complete, which is so once KVM_RUN has returned EINTR: before that,
  // the result of an MMIO read or a hypercall may not be in its registers yet.
  // Throws SetupError.
  explicit VcpuState(int fd);

  // Writes this state to the vCPU `fd`, which must have been initialised with the same features and
  // must never have run. It does not set the counters: see `counter`. Throws SetupError.
  void restore(int fd) const;

  // CNTVCT_EL0 (DDI 0487 D13.11.20) at the time of the constructor's call. All
  // vCPUs of a VM share one counter offset, so the new VM's counter is set once,
  // by `set_counter` with any of its vCPUs, which throws SetupError.
  uint64_t counter() const { return counter_; }
  static void set_counter(int fd, uint64_t counter);

 private:
  struct Register {
    uint64_t id;
    std::vector<std::byte> value;
  };

  std::vector<Register> registers_;
  kvm_mp_state mp_state_ = {};
  kvm_vcpu_events events_ = {};
  uint64_t counter_ = 0;
};

}  // namespace hvk
