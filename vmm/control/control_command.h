// SPDX-License-Identifier: GPL-2.0-or-later
// The commands that a running system takes at its control socket, as text.
#pragma once

#include <cstdint>
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
    kBalloon,
    kWait,
    kEvents,
    kQuit
  };
  Verb verb;
  std::string guest;  // the guest's name, for the verbs about one guest; else empty
  uint64_t size = 0;  // kBalloon: bytes
};

// Parses a command: "status", "status text", "events", "quit", or one of "stop", "resume",
// "restart", "kill", "move" and "wait" with a guest's name, or "balloon" with a name and a size.
// For anything else, returns a text that says what was expected.
std::variant<ControlCommand, std::string> parse_command(std::string_view line);

}  // namespace hvk
