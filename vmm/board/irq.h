// SPDX-License-Identifier: GPL-2.0-or-later
// A wire from a device to the interrupt controller.
#pragma once

namespace hvk {

// One level-sensitive input of the guest's interrupt controller. A device takes it by reference, so
// that a test can give it another line and needs no VM.
class IrqLine {
 public:
  virtual ~IrqLine() = default;
  // Sets the level of the line, which may be the level that it has. Never throws, and never blocks
  // for longer than an ioctl. Any thread.
  virtual void set(bool asserted) = 0;
};

}  // namespace hvk
