// SPDX-License-Identifier: GPL-2.0-or-later
// The consoles of all guests of a system.
#pragma once

#include <memory>
#include <vector>

#include "config/system_config.h"
#include "console/console_port.h"
#include "console/console_ring.h"
#include "console/terminal.h"
#include "console/terminal_writer.h"

namespace hvk {

class Consoles {
 public:
  // Opens the consoles of `system`, logs the names of pseudo-terminals, and starts the
  // threads. `clock`, unless it is empty, gives the time stamps of the terminal's lines.
  // `out` must outlive this object. Throws SetupError.
  Consoles(const SystemConfig& system, StdoutSink& out, ConsoleMux::Clock clock);

  // The ring for the guest's output; null if the guest has no console.
  ConsoleRing* ring(size_t guest) { return rings_[guest]; }
  // The guest's port; null if its console is the terminal or it has none.
  ConsolePort* port(size_t guest) { return ports_[guest].get(); }
  TerminalWriter& terminal() { return terminal_; }

 private:
  TerminalWriter terminal_;
  std::vector<std::unique_ptr<ConsolePort>> ports_;
  std::vector<ConsoleRing*> rings_;
};

}  // namespace hvk
