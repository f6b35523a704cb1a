// SPDX-License-Identifier: GPL-2.0-or-later
// Who serves a device's queues in the place of this process: the host's kernel, or another process.
// It reads the driver's queues in guest memory by itself, hears of notifications and interrupts the
// driver by eventfds, without a step of this process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "board/memory.h"
#include "virtio/queue.h"

namespace hvk {

// The address of `bytes` in this process, by which a peer knows guest memory.
inline uint64_t address_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<uintptr_t>(bytes.data());
}

// For the device's worker alone. Functions that return a bool return false if the peer refuses or
// is gone; `why` then says what happened.
class VhostPeer {
 public:
  // The eventfds of one queue.
  struct Events {
    int kick;   // the driver has notified the device
    int call;   // the device interrupts the driver
    int error;  // the peer cannot go on with the queue
  };

  virtual ~VhostPeer() = default;

  // The features of the device and of its queues that the peer offers. Constant; any thread.
  virtual uint64_t features() const = 0;

  // What is asked for from now on is one thing, which may take a limited time in all.
  virtual void new_work() {}

  // The driver has accepted `features`, and its queues and buffers are in `memory`.
  virtual bool begin(uint64_t features, GuestMemory& memory) = 0;
  // Gives the peer a queue, from its position on.
  virtual bool start_queue(unsigned index, const Virtqueue& queue, const Events& events) = 0;
  // Has the peer serve the queues that it was given, or no longer. It may already serve a queue
  // before, and until `stop_queue`.
  virtual bool run(bool) { return true; }
  // Takes a queue back: when it returns true, the peer has given back what it had taken, touches
  // the queue no more, and the queue's position is how far the peer has come.
  virtual bool stop_queue(unsigned index, Virtqueue& queue) = 0;

  virtual std::string why() const = 0;
};

}  // namespace hvk
