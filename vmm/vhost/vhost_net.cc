// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/vhost_net.h"

#include <fmt/format.h>
// Leaves out functions of the header that are no C++.
#define VIRTIO_RING_NO_LEGACY
#include <linux/vhost.h>

#include "net/virtio_net_abi.h"

namespace hvk {

VhostNetPeer::VhostNetPeer(const std::string& name)
    : KernelPeer(fmt::format("--net tap,ifname={},vhost=on", name), "/dev/vhost-net"),
      tap_(name, 1) {}

bool VhostNetPeer::begin(uint64_t features, GuestMemory& memory) {
  tap_.offload(features);
  return KernelPeer::begin(features, memory);
}

bool VhostNetPeer::run(bool running) {
  for (unsigned index = 0; index < 2; ++index) {
    const vhost_vring_file file = {index, running ? tap_.fd() : -1};
    if (!call(VHOST_NET_SET_BACKEND, "SET_BACKEND", &file)) return false;
  }
  // The next driver may know less than this one.
  if (!running) tap_.offload(0);
  return true;
}

uint64_t VhostNet::features() const {
  using namespace net_feature;
  return kMac | kStatus | (peer_.features() & kMergeable) | kOffloads;
}

void VhostNet::read_config(uint64_t offset, std::span<std::byte> to) const {
  const NetConfigSpace config = {mac_, kLinkUp, 1};
  copy_config(std::as_bytes(std::span(&config, 1)), offset, to);
}

}  // namespace hvk
