// SPDX-License-Identifier: GPL-2.0-or-later
// A network behind the host's own connections, without any rights: --net user.
//
// It is the work of a program of its own, hvk-net-user (net_user/), which has the TCP/IP stack. The
// program is started before the guest runs and speaks the form of FrameStream over a socket pair.
// It ends when this end of the socket is closed, however hvk-run ends. If it ends before, the
// guest's link stays down.
#pragma once

#include <memory>

#include "config/devices.h"
#include "net/net_backend.h"

namespace hvk {

// Starts the program and waits until it has its ports. Throws SetupError.
std::unique_ptr<NetBackend> start_user_net(const NetConfig& config);

}  // namespace hvk
