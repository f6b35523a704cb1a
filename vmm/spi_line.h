// SPDX-License-Identifier: GPL-2.0-only
// A device's wire to an SPI of the VM, which comes into being after the device.
#pragma once

#include <cstdint>

#include "vmm/irq.h"
#include "vmm/vm.h"

namespace hvk {

class SpiLine final : public IrqLine {
 public:
  explicit SpiLine(uint32_t spi) : intid_(32 + spi) {}
  void connect(const Vm& vm) { vm_ = &vm; }
  void set(bool asserted) override {
    if (vm_) vm_->set_spi(intid_, asserted);
  }

 private:
  uint32_t intid_;
  const Vm* vm_ = nullptr;
};

}  // namespace hvk
