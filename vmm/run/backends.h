// SPDX-License-Identifier: GPL-2.0-or-later
// What the devices of a guest stand on outside of it: open images, networks, other programs.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.h"
#include "devices/vars_file.h"
#include "disk/disk_image.h"
#include "net/net_backend.h"
#include "port/port_stream.h"
#include "vhost/user_peer.h"
#include "vhost/vhost_net.h"
#include "vhost/virtiofsd.h"
#include "vhost/vsock.h"
#include "virtio/traffic.h"

namespace hvk {

// Made once, when a guest is created, and used by each of its machines in turn: no path is opened
// again when the guest restarts, and a lock on an image is never released in between.
class Backends {
 public:
  // Opens what `config` lists. Throws SetupError.
  explicit Backends(const Config& config);

  // What the device of this number stands on, in the order of the configuration. A network has one
  // of two: `net` carries packets of this process, `vhost_net` those of the driver's queues.
  const DiskImage& disk(size_t number) const { return *disks_[number]; }
  NetBackend* net(size_t number) { return nets_[number].packets.get(); }
  VhostNetPeer* vhost_net(size_t number) { return nets_[number].kernel.get(); }
  std::vector<PortStream*> ports();
  UserPeer& share(size_t number) { return shares_[number]->peer(); }
  UserPeer& vhost_user(size_t number) { return *vhost_users_[number]; }
  Traffic& traffic() { return traffic_; }
  const Traffic& traffic() const { return traffic_; }
  // Null if the guest has none.
  VarsFile* vars() { return vars_ ? &*vars_ : nullptr; }
  VsockPeer* vsock() { return vsock_ ? &*vsock_ : nullptr; }

 private:
  struct Net {
    std::unique_ptr<NetBackend> packets;
    std::unique_ptr<VhostNetPeer> kernel;
  };

  Traffic traffic_;
  std::optional<VarsFile> vars_;
  std::vector<std::unique_ptr<DiskImage>> disks_;
  std::vector<Net> nets_;
  std::vector<std::unique_ptr<PortStream>> ports_;
  std::vector<std::unique_ptr<Virtiofsd>> shares_;
  std::vector<std::unique_ptr<UserPeer>> vhost_users_;
  std::optional<VsockPeer> vsock_;
};

}  // namespace hvk
