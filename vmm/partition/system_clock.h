// SPDX-License-Identifier: GPL-2.0-or-later
// The clock of a system: the host's counter less its value at the system's start. Where the
// hypervisor can set it (SystemLinks::one_clock), the counters of all guests of the system follow
// this clock, however often a guest is restarted.
#pragma once

#include <cstdint>

namespace hvk {

class SystemClock {
 public:
  // Starts the clock at 0.
  SystemClock();

  // The host's count when the clock was started: the offset of the guests' counters.
  uint64_t start_ticks() const { return start_ticks_; }

  // The nanoseconds since the start, computed as a guest does: CNTVCT_EL0 * 10^9 / CNTFRQ_EL0.
  // Any thread.
  uint64_t now_ns() const;

 private:
  uint64_t start_ticks_;
};

// Converts `ticks` of a counter to nanoseconds. `frequency` is the counter's, in Hz, and not 0.
uint64_t ticks_to_ns(uint64_t ticks, uint64_t frequency);

}  // namespace hvk
