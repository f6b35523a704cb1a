// SPDX-License-Identifier: GPL-2.0-or-later
// The turns of a device's queues: one that has had its share of the worker's time goes on after
// what else the worker's loop has to do.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/event_loop.h"
#include "base/fd.h"

namespace hvk {

// For the device's worker alone.
class Turns {
 public:
  // `go_on` is called from `loop`, that of the worker, for each queue that was put off. Throws
  // SetupError.
  Turns(EventLoop& loop, std::function<void(unsigned queue)> go_on)
      : go_on_(std::move(go_on)), watch_(loop, wake_.get(), [this] { take(); }) {}

  // Puts off the rest of a queue's work. There are at most 64 queues.
  void later(unsigned queue) {
    queues_ |= uint64_t{1} << queue;
    wake_.signal();
  }
  // The device stops: no queue goes on.
  void clear() { queues_ = 0; }

 private:
  void take() {
    wake_.take();
    uint64_t queues = std::exchange(queues_, 0);
    for (unsigned queue = 0; queues != 0; ++queue, queues >>= 1) {
      if (queues & 1) go_on_(queue);
    }
  }

  const std::function<void(unsigned)> go_on_;
  uint64_t queues_ = 0;  // a bit for each that was put off
  EventFd wake_;
  Watch watch_;
};

}  // namespace hvk
