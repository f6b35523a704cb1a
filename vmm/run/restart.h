// SPDX-License-Identifier: GPL-2.0-or-later
// Decides whether a guest that has ended is started again.
#pragma once

#include "config/system_config.h"
#include "hv/guest_end.h"

namespace hvk {

class RestartPolicy {
 public:
  // If `reboot` is false, a reset by the guest itself is final.
  RestartPolicy(const RestartConfig& config, bool reboot) : config_(config), reboot_(reboot) {}

  // Whether to restart the guest after `end`. To be called exactly once for each end, since it
  // counts the crashes, which RestartConfig::limit bounds over the guest's whole life.
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
