// SPDX-License-Identifier: GPL-2.0-or-later
// The clock of a system: the host's counter, from the system's start on. All its guests
// count so, however often one is started or moved.
#pragma once

#include <cstdint>

namespace hvk {

class SystemClock {
 public:
  // Begins to count.
  SystemClock();

  // The host's count at its start: how far the guests' counts are behind the host's.
  uint64_t start_ticks() const { return start_ticks_; }

  // Nanoseconds since the start, as a guest reckons them: CNTVCT_EL0 * 10^9 / CNTFRQ_EL0.
  // Any thread.
  uint64_t now_ns() const;

 private:
  uint64_t start_ticks_;
};

// `ticks` of a counter that counts `frequency` (Hz, not 0) of them in a second, in nanoseconds.
uint64_t ticks_to_ns(uint64_t ticks, uint64_t frequency);

}  // namespace hvk
