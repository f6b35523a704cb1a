// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/open_net.h"

#include "base/error.h"
#include "net/stream_socket.h"
#include "net/tap.h"
#include "net/user_net.h"

namespace hvk {

std::unique_ptr<NetBackend> open_net(const NetConfig& config) {
  switch (config.kind) {
    case NetConfig::Kind::kTap:
      if (config.vhost) {
        throw SetupError("--net tap,vhost=on", "hvk-run does not use the kernel's vhost-net",
                         "leave out vhost=on");
      }
      return std::make_unique<Tap>(config.ifname, config.queues);
    case NetConfig::Kind::kSocket:
      return std::make_unique<StreamSocket>(config.path);
    case NetConfig::Kind::kUser:
      break;
  }
  return start_user_net(config);
}

}  // namespace hvk
