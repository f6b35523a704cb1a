// SPDX-License-Identifier: GPL-2.0-or-later
// Decodes the commands that the user types on the terminal after Ctrl-A.
#pragma once

#include <cstdint>

namespace hvk {

// Separates commands from input, byte by byte. Ctrl-A followed by one of the keys
// below or a digit from 1 to 9 is a command; Ctrl-A Ctrl-A is one Ctrl-A for the
// guest. Ctrl-A followed by any other byte is ignored.
class EscapeDecoder {
 public:
  enum class Action {
    kNone,
    kInput,  // `byte` is input for the guest
    kQuit,
    kPower,
    kHelp,
    kStop,
    kRestart,
    kKill,
    kNext,
    kSelect,  // select a guest: `byte` is its number, '1' to '9'
  };

  Action decode(uint8_t byte) {
    if (!escaped_) {
      escaped_ = byte == kCtrlA;
      return escaped_ ? Action::kNone : Action::kInput;
    }
    escaped_ = false;
    for (const Key& key : kKeys) {
      if (byte == key.byte) return key.action;
    }
    return byte >= '1' && byte <= '9' ? Action::kSelect : Action::kNone;
  }

 private:
  static constexpr uint8_t kCtrlA = 1;

  struct Key {
    uint8_t byte;
    Action action;
  };
  static constexpr Key kKeys[] = {
      {kCtrlA, Action::kInput}, {'x', Action::kQuit}, {'p', Action::kPower},
      {'h', Action::kHelp},     {'?', Action::kHelp}, {'s', Action::kStop},
      {'r', Action::kRestart},  {'k', Action::kKill}, {'n', Action::kNext},
  };

  bool escaped_ = false;
};

}  // namespace hvk
