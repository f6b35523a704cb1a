// SPDX-License-Identifier: GPL-2.0-or-later
// The time that a real-time clock device counts, and its alarm.
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

  // Calls `alarm` once at or soon after `seconds`, from a thread of the
  // clock's own; replaces an alarm that was set before, which may yet be
  // about to be called. Never calls it from within. Any thread.
  virtual void call_at(uint64_t seconds, std::function<void()> alarm) = 0;
};

// The host's clock. It follows when the host's time is set. Its destructor
// waits for an alarm that is being called.
std::unique_ptr<RtcClock> host_rtc_clock();

}  // namespace hvk
