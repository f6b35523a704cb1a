// SPDX-License-Identifier: GPL-2.0-or-later
// What can be asked of a running system, in words.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace hvk {

struct ControlCommand {
  enum class Verb {
    kStatus,
    kStatusText,
    kStop,
    kResume,
    kRestart,
    kKill,
    kMove,
    kWait,
    kEvents,
    kQuit
  };
  Verb verb;
  std::string guest;  // of those about one
};

// "status", "status text", "events", "quit", or "stop", "resume", "restart", "kill", "move", "wait"
// and a name. Anything else is answered by a text that says what was expected.
std::variant<ControlCommand, std::string> parse_command(std::string_view line);

}  // namespace hvk
