// SPDX-License-Identifier: GPL-2.0-or-later
// What devices have in common whose queues are served by a peer.
#pragma once

#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/fd.h"
#include "vhost/vhost_peer.h"
#include "virtio/device.h"

namespace hvk {

class VhostDevice : public VirtioDevice {
 public:
  // `loop` is that of the device's worker. All must outlive this object.
  VhostDevice(EventLoop& loop, VhostPeer& peer, GuestMemory& memory)
      : loop_(loop), memory_(memory), peer_(peer) {}

  bool interrupts_by_itself() const override { return true; }
  uint64_t queue_features() const override {
    return peer_.features() & VirtioDevice::queue_features();
  }
  void start(uint64_t features, VirtioHost& host) override;
  // The peer hears of notifications by itself.
  void notified(unsigned) override {}
  void stop(Stop stop) override;

 protected:
  // How many queues the peer serves, the first ones.
  virtual unsigned served() const = 0;
  // Whether the peer can only serve all of them at once: without a queue it would go on with what
  // it last knew of it.
  virtual bool takes_all() const { return true; }
  // Gives the peer the queues that the driver has set up. Returns false if it refuses; it then has
  // none of them.
  bool give_queues();
  // Takes back those that it was given. Returns false if it did not give one of them back.
  bool take_queues();

  EventLoop& loop_;
  GuestMemory& memory_;
  VirtioHost* host_ = nullptr;  // null unless the device is started
  uint64_t features_ = 0;       // that the driver accepted
  bool handed_ = false;         // `give_queues` has given the peer one

 private:
  VhostPeer& peer_;
  EventFd error_;
  std::optional<Watch> watch_;  // on error_
  uint64_t given_ = 0;          // a bit for each queue that the peer has
};

}  // namespace hvk
