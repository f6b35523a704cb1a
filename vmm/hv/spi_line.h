// SPDX-License-Identifier: GPL-2.0-or-later
// A device's wire to an SPI of the VM, which comes into being after the device
// and may be replaced by another.
#pragma once

#include <cstdint>
#include <mutex>

#include "board/irq.h"
#include "hv/vm.h"

namespace hvk {

class SpiLine final : public IrqLine {
 public:
  explicit SpiLine(uint32_t spi) : intid_(32 + spi) {}
  // From now on the line's level is passed to `vm`; null: to nobody. Any thread.
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
  std::mutex mutex_;  // guards what follows
  const Vm* vm_ = nullptr;
  bool asserted_ = false;
};

}  // namespace hvk
