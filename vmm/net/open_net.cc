// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/open_net.h"

#include "net/stream_socket.h"
#include "net/tap.h"
#include "net/user_net.h"

namespace hvk {

std::unique_ptr<NetBackend> open_net(const NetConfig& config) {
  switch (config.kind) {
    case NetConfig::Kind::kTap:
      return std::make_unique<Tap>(config.ifname, config.queues);
    case NetConfig::Kind::kSocket:
      return std::make_unique<StreamSocket>(config.path);
    case NetConfig::Kind::kUser:
      break;
  }
  return start_user_net(config);
}

}  // namespace hvk
