// SPDX-License-Identifier: GPL-2.0-or-later
// The line from a device to an SPI of the VM. The VM is created after the device
// and may be replaced by another one while the device lives.
#pragma once

#include <cstdint>
#include <mutex>

#include "board/irq.h"
#include "hv/vm.h"

namespace hvk {

class SpiLine final : public IrqLine {
 public:
  explicit SpiLine(uint32_t spi) : intid_(32 + spi) {}
  // Passes the line's level to `vm` from now on, beginning with the present one if it is asserted;
  // null disconnects the line. Any thread.
  void connect(const Vm* vm) {
    const std::lock_guard lock(mutex_);
    vm_ = vm;
    if (vm_ && asserted_) vm_->set_spi(intid_, true);
  }
  void set(bool asserted) override {
    const std::lock_guard lock(mutex_);
    asserted_ = asserted;
    if (vm_) vm_->set_spi(intid_, asserted);
  }

 private:
  const uint32_t intid_;
  std::mutex mutex_;  // guards vm_ and asserted_
  const Vm* vm_ = nullptr;
  bool asserted_ = false;
};

}  // namespace hvk
