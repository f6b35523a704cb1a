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
  // Opens what `system` names and tells where pseudo-terminals are. `clock`, if there is
  // one, stamps the terminal's lines. `out` must outlive it. Throws SetupError.
  Consoles(const SystemConfig& system, StdoutSink& out, ConsoleMux::Clock clock);

  // Null: the guest has no console.
  ConsoleRing* ring(size_t guest) { return rings_[guest]; }
  // Null: its console is the terminal, or there is none.
  ConsolePort* port(size_t guest) { return ports_[guest].get(); }
  TerminalWriter& terminal() { return terminal_; }

 private:
  TerminalWriter terminal_;
  std::vector<std::unique_ptr<ConsolePort>> ports_;
  std::vector<ConsoleRing*> rings_;
};

}  // namespace hvk
