// SPDX-License-Identifier: GPL-2.0-or-later
// Passes input from a console that is not the terminal (ConsolePort) to its guest,
// in the main thread.
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
  // To be called before each wait of the loop: watches the port for input only while the guest has
  // taken all earlier input.
  void update() { watch_.want(guest_.idle()); }

 private:
  const Guest& guest_;
  Watch watch_;
};

}  // namespace hvk
