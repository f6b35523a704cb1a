// SPDX-License-Identifier: GPL-2.0-or-later
// What a person means who types Ctrl-A on the guest's terminal.
#pragma once

#include <cstdint>

namespace hvk {

// Tells commands from input, byte by byte: Ctrl-A and a letter or a digit is a
// command, Ctrl-A twice is one Ctrl-A for the guest, and after Ctrl-A any other
// byte is ignored along with it.
class EscapeDecoder {
 public:
  enum class Action {
    kNone,
    kInput,  // `byte` itself is for the guest
    kQuit,
    kPower,
    kHelp,
    kStop,
    kRestart,
    kKill,
    kNext,
    kSelect,  // '1' to '9': which guest is in `byte`
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
