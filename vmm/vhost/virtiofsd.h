// SPDX-License-Identifier: GPL-2.0-or-later
// A folder of the host for a guest: virtiofsd is started for it, and ends with this process.
#pragma once

#include <memory>

#include "base/child.h"
#include "config/devices.h"
#include "vhost/user_peer.h"

namespace hvk {

class Virtiofsd {
 public:
  // Throws SetupError if the program is not installed, does not start or cannot serve the folder.
  explicit Virtiofsd(const ShareConfig& config);

  UserPeer& peer() { return *peer_; }

 private:
  Child program_;
  std::unique_ptr<UserPeer> peer_;
};

}  // namespace hvk
