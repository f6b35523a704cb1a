// SPDX-License-Identifier: GPL-2.0-only
// What can be asked of a running system, in words.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace hvk {

struct ControlCommand {
  enum class Verb { kStatus, kStop, kResume, kRestart, kKill, kMove, kQuit };
  Verb verb;
  std::string guest;  // of those about one
};

// "status", "quit", or "stop", "resume", "restart", "kill", "move" and a name. Anything
// else is answered by a text that says what was expected.
std::variant<ControlCommand, std::string> parse_command(std::string_view line);

}  // namespace hvk
