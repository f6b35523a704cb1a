// SPDX-License-Identifier: GPL-2.0-or-later
// A network card whose packets go between the driver's queues and a tap interface in the host's
// kernel, by vhost-net (virtio 1.2, section 5.1).
#pragma once

#include <memory>
#include <vector>

#include "config/devices.h"
#include "net/tap.h"
#include "vhost/kernel_peer.h"
#include "vhost/vhost_device.h"

namespace hvk {

// The tap interface and the kernel's device, which outlive the guest's restarts.
class VhostNetPeer final : public KernelPeer {
 public:
  // Opens the interface `name`, or makes it. Throws SetupError.
  explicit VhostNetPeer(const std::string& name);

  bool begin(uint64_t features, GuestMemory& memory) override;
  bool run(bool running) override;

 private:
  Tap tap_;
};

class VhostNet final : public VhostDevice {
 public:
  // As VhostDevice's constructor.
  VhostNet(const MacAddress& mac, EventLoop& loop, VhostNetPeer& peer, GuestMemory& memory)
      : VhostDevice(loop, peer, memory), mac_(mac), peer_(peer) {}

  uint32_t id() const override { return 1; }
  std::string_view name() const override { return "virtio-net"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  uint64_t features() const override;
  void read_config(uint64_t offset, std::span<std::byte> to) const override;

 private:
  static constexpr uint16_t kQueues[] = {256, 256};

  unsigned served() const override { return 2; }

  const MacAddress mac_;
  VhostNetPeer& peer_;
};

}  // namespace hvk
