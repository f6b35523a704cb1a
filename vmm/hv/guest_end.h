// SPDX-License-Identifier: GPL-2.0-or-later
// How a guest came to its end.
#pragma once

namespace hvk {

enum class GuestEnd {
  kStopped,      // by the person or the system
  kPowerOff,     // PSCI SYSTEM_OFF, or the hypercall HALT with code 0
  kReset,        // PSCI SYSTEM_RESET, or the hypercall REBOOT
  kCrash,        // an exit that nobody handles, or HALT with another code
  kHostFailure,  // the hypervisor failed
};

}  // namespace hvk
