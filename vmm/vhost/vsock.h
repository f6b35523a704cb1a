// SPDX-License-Identifier: GPL-2.0-or-later
// Sockets between a guest and its host (virtio 1.2, section 5.10), by the kernel's vhost-vsock.
//
// Not modelled: events (the third queue), as the guest's context ID never changes while it runs.
#pragma once

#include "vhost/kernel_peer.h"
#include "vhost/vhost_device.h"

namespace hvk {

// The open device with its context ID; it outlives the guest's restarts.
class VsockPeer final : public KernelPeer {
 public:
  // `cid` is the guest's context ID, from 3 on. Throws SetupError if another guest has it, or the
  // kernel no such device.
  explicit VsockPeer(uint32_t cid);

  uint32_t cid() const { return cid_; }
  bool run(bool running) override;

 private:
  const uint32_t cid_;
};

class Vsock final : public VhostDevice {
 public:
  // As VhostDevice's constructor.
  Vsock(EventLoop& loop, VsockPeer& peer, GuestMemory& memory)
      : VhostDevice(loop, peer, memory), peer_(peer) {}

  uint32_t id() const override { return 19; }
  std::string_view name() const override { return "virtio-vsock"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  uint64_t features() const override;
  void read_config(uint64_t offset, std::span<std::byte> to) const override;

 private:
  static constexpr uint16_t kQueues[] = {128, 128, 8};  // to the guest, from it, events

  unsigned served() const override { return 2; }

  VsockPeer& peer_;
};

}  // namespace hvk
