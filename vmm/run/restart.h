// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a guest that came to its end is started again.
#pragma once

#include "config/system_config.h"
#include "hv/guest_end.h"

namespace hvk {

class RestartPolicy {
 public:
  // Without `reboot` a guest's own reset is its end.
  RestartPolicy(const RestartConfig& config, bool reboot) : config_(config), reboot_(reboot) {}

  // To be asked once for each end. Crashes count over the guest's whole life.
  bool again(GuestEnd end) {
    switch (end) {
      case GuestEnd::kReset:
        return reboot_;
      case GuestEnd::kPowerOff:
        return config_.when == RestartConfig::When::kAlways;
      case GuestEnd::kCrash:
        if (config_.when == RestartConfig::When::kAlways) return true;
        return config_.when == RestartConfig::When::kOnCrash && ++crashes_ <= config_.limit;
      case GuestEnd::kStopped:
      case GuestEnd::kHostFailure:
        return false;
    }
    return false;
  }

 private:
  RestartConfig config_;
  bool reboot_;
  unsigned crashes_ = 0;
};

}  // namespace hvk
