// SPDX-License-Identifier: GPL-2.0-only
// What a person means who types Ctrl-A on the guest's terminal.
#pragma once

#include <cstdint>

namespace hvk {

// Tells commands from input, byte by byte: Ctrl-A and a letter is a command,
// Ctrl-A twice is one Ctrl-A for the guest, and after Ctrl-A any other byte is
// ignored along with it.
class EscapeDecoder {
 public:
  enum class Action { kNone, kInput, kQuit, kPower, kHelp };

  // kInput: `byte` itself is for the guest.
  Action decode(uint8_t byte) {
    if (!escaped_) {
      escaped_ = byte == kCtrlA;
      return escaped_ ? Action::kNone : Action::kInput;
    }
    escaped_ = false;
    switch (byte) {
      case kCtrlA:
        return Action::kInput;
      case 'x':
        return Action::kQuit;
      case 'p':
        return Action::kPower;
      case 'h':
      case '?':
        return Action::kHelp;
      default:
        return Action::kNone;
    }
  }

 private:
  static constexpr uint8_t kCtrlA = 1;

  bool escaped_ = false;
};

}  // namespace hvk
