// SPDX-License-Identifier: GPL-2.0-or-later
// A wire from a device to the interrupt controller.
#pragma once

namespace hvk {

// One level-sensitive input of the guest's interrupt controller. A device
// takes it by reference and is thereby tested without a VM. `set` may be
// called from any thread, repeats included; it never throws and never blocks
// for longer than an ioctl.
class IrqLine {
 public:
  virtual ~IrqLine() = default;
  virtual void set(bool asserted) = 0;
};

}  // namespace hvk
