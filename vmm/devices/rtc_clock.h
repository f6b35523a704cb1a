// SPDX-License-Identifier: GPL-2.0-or-later
// The source of time and of the alarm for a real-time clock device.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace hvk {

class RtcClock {
 public:
  virtual ~RtcClock() = default;

  // Seconds since 1970, UTC. Any thread.
  virtual uint64_t seconds() = 0;

  // Has `alarm` called once, at or soon after `seconds`, in a thread of the clock's own and never
  // within this call. It replaces an alarm that was set before, but a call of that may already have
  // begun. Any thread.
  virtual void call_at(uint64_t seconds, std::function<void()> alarm) = 0;
};

// Makes a clock that has the host's time and follows when that is set. Its destructor waits for an
// alarm that is being called. Throws std::system_error if its thread cannot be started.
std::unique_ptr<RtcClock> host_rtc_clock();

}  // namespace hvk
