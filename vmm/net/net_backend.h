// SPDX-License-Identifier: GPL-2.0-or-later
// What carries a network device's packets outside of the guest: the interface of a back end.
//
// A back end outlives the guest's restarts. Each machine's device attaches itself to it for as long
// as a driver uses the device. Threads: all functions between `attach` and `detach`, and these two,
// are called in the thread of the device's worker; a back end has no lock. `link_up` is for any
// thread.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/event_loop.h"
#include "net/virtio_net_abi.h"

namespace hvk {

// The device, as its back end sees it. Called in the worker's thread, never from within a call of
// the device's, except for `link_changed` and `say`.
class NetUser {
 public:
  virtual ~NetUser() = default;
  // There may be a packet to receive. Called again as long as there is one and it is wanted.
  virtual void receivable(unsigned pair) = 0;
  // After Sent::kFull: the packet may be tried again.
  virtual void sendable(unsigned pair) = 0;
  // `link_up` has another answer now. Every packet that waits for `sendable` may be tried again.
  virtual void link_changed() = 0;
  // Tells the person something; the same line only once.
  virtual void say(const std::string& line) = 0;
};

enum class Sent {
  kDone,  // the packet is on its way, or was dropped as a network may do
  kFull,  // not now: `sendable` follows
};

class NetBackend {
 public:
  virtual ~NetBackend() = default;

  // Which of net_feature::kOffloads it can carry. If there are any, each packet begins with a
  // NetHeader in both directions; else there is none.
  virtual uint64_t offloads() const { return 0; }
  // How many pairs of queues it has. Constant.
  virtual unsigned pairs() const { return 1; }
  // Whether somebody is at the other end. Any thread.
  virtual bool link_up() const = 0;

  // From now on `user` is told in the thread of `loop` what happens; packets of one pair are used.
  // `features` are those of net_feature::kOffloads that the driver has accepted. Both references
  // are valid until `detach`.
  virtual void attach(EventLoop& loop, NetUser& user, uint64_t features) = 0;
  virtual void detach() = 0;

  // How many pairs are used, the first ones.
  virtual void use_pairs(unsigned) {}

  // The next packet for this pair, at most kMostPacket bytes besides the header; empty if there is
  // none now. Valid until the next call for the same pair, also after the other end has gone.
  virtual std::span<const std::byte> receive(unsigned pair) = 0;
  // Whether `receivable` is wanted, which it is at first.
  virtual void want_packets(unsigned pair, bool wanted) = 0;

  // Sends a packet. The vectors may lie in guest memory; they are read once.
  virtual Sent send(unsigned pair, std::span<const iovec> packet) = 0;
};

}  // namespace hvk
