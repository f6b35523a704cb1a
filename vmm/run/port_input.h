// SPDX-License-Identifier: GPL-2.0-or-later
// Input that comes to a guest's console elsewhere, on its way to the guest.
#pragma once

#include "base/event_loop.h"
#include "console/console_port.h"
#include "run/guest.h"

namespace hvk {

class PortInput {
 public:
  PortInput(EventLoop& loop, Guest& guest, ConsolePort& port)
      : guest_(guest), watch_(loop, port.input_ready().get(), [&guest, &port] {
          guest.input(port.take_input());
        }) {}
  // It is waited for while the guest has taken all that there was.
  void update() { watch_.want(guest_.idle()); }

 private:
  const Guest& guest_;
  Watch watch_;
};

}  // namespace hvk
