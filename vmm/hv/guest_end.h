// SPDX-License-Identifier: GPL-2.0-or-later
// The reasons for which a guest ends.
#pragma once

namespace hvk {

enum class GuestEnd {
  kStopped,      // hvk-run stopped it: a command, or the end of the session
  kPowerOff,     // PSCI SYSTEM_OFF, or the hypercall HALT with code 0
  kReset,        // PSCI SYSTEM_RESET, or the hypercall REBOOT
  kCrash,        // an exit that cannot be handled, a crash event, or HALT with another code
  kHostFailure,  // the hypervisor failed, or a restart or a move could not be set up
};

}  // namespace hvk
