// SPDX-License-Identifier: GPL-2.0-or-later
// The line of a device's thread to an SPI of the VM, by eventfds. The VM is created after the
// device and may be replaced by another one while the device lives.
#pragma once

#include <cstdint>

#include "base/fd.h"
#include "board/irq.h"
#include "hv/vm.h"

namespace hvk {

// The line falls by itself when the guest has ended the interrupt; `resampled` is then readable,
// and whoever reads it has to call `set` again if there is still reason for an interrupt. An SPI
// that the guest has made edge-sensitive has no such end: each `set(true)` is an edge then.
class IrqfdLine final : public IrqLine {
 public:
  explicit IrqfdLine(uint32_t spi) : intid_(32 + spi) {}

  // From the main thread. `connect` throws SetupError. A signal before it arrives in the next VM.
  void connect(const Vm& vm) {
    vm.bind_irqfd(intid_, event_.get(), resampled_.get());
    vm_ = &vm;
  }
  void disconnect() noexcept {
    if (vm_) vm_->unbind_irqfd(intid_, event_.get(), resampled_.get());
    vm_ = nullptr;
  }

  void set(bool asserted) override {
    if (asserted) event_.signal();
  }
  // The eventfd that raises the line, for those who do not call `set`.
  const EventFd& event() const { return event_; }
  const EventFd& resampled() const { return resampled_; }

 private:
  const uint32_t intid_;
  EventFd event_, resampled_;
  const Vm* vm_ = nullptr;
};

}  // namespace hvk
