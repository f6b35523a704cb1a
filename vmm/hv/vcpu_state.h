// SPDX-License-Identifier: GPL-2.0-or-later
// The whole state of a vCPU between two KVM_RUNs, to be restored in another VM.
#pragma once

#include <linux/kvm.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hvk {

class VcpuState {
 public:
  // Reads the vCPU `fd`, which must not run and must have finished its last
  // exit: KVM_RUN has returned EINTR. Throws SetupError.
  explicit VcpuState(int fd);

  // Gives the vCPU `fd` this state. It must have been initialised with the same features and must
  // never have run. The counters are not touched: see `counter`. Throws SetupError.
  void restore(int fd) const;

  // CNTVCT_EL0 (DDI 0487 D13.11.20) when it was read. The counter is the VM's:
  // it is set once, by `set_counter` through any vCPU. Throws SetupError.
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
