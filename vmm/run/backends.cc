// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/backends.h"

#include <fmt/format.h>

#include "base/log.h"
#include "board/layout.h"
#include "net/open_net.h"

namespace hvk {

Backends::Backends(const Config& config) {
  if (!config.vars.empty()) vars_.emplace(config.vars, layout::kFlashBanks[1].size);
  for (const DiskConfig& disk : config.disks) {
    disks_.push_back(std::make_unique<DiskImage>(
        DiskImage::Options{disk.path, disk.read_only, disk.direct, disk.raw, disk.id}));
  }
  for (const NetConfig& net : config.nets) {
    Net& one = nets_.emplace_back();
    if (net.vhost) {
      one.kernel = std::make_unique<VhostNetPeer>(net.ifname);
    } else {
      one.packets = open_net(net);
    }
  }
  for (const PortConfig& port : config.ports) {
    ports_.push_back(std::make_unique<PortStream>(port));
    if (const std::string& place = ports_.back()->place(); !place.empty()) {
      log(fmt::format("port {}: {}", port.name, place));
    }
  }
  for (const ShareConfig& share : config.shares) {
    shares_.push_back(std::make_unique<Virtiofsd>(share));
  }
  for (const VhostUserConfig& device : config.vhost_users) {
    vhost_users_.push_back(std::make_unique<UserPeer>(
        "--vhost-user " + device.type,
        UserPeer::Options{
            .kind = *find_vhost_kind(device.type), .queues = device.queues, .path = device.path}));
  }
  if (config.vsock) vsock_.emplace(*config.vsock);
}

std::vector<PortStream*> Backends::ports() {
  std::vector<PortStream*> all;
  for (const auto& port : ports_) all.push_back(port.get());
  return all;
}

}  // namespace hvk
