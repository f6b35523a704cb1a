// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/window_load.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace hvk {
namespace {

bool beyond(const WindowConfig& window, uint64_t frame_ns) {
  return window.offset_ns > frame_ns || window.length_ns > frame_ns - window.offset_ns;
}

// Returns the most time that the windows [first, last), all of one CPU, take in
// any interval of `span` ns, where frames follow each other without a gap. The
// busiest interval begins at the start of a window.
uint64_t busiest(const SystemConfig& system, size_t first, size_t last, uint64_t span) {
  uint64_t most = 0;
  for (size_t begin = first; begin < last; ++begin) {
    const uint64_t from = system.windows[begin].offset_ns;
    uint64_t busy = 0;
    for (size_t i = first; i < last; ++i) {
      const WindowConfig& window = system.windows[i];
      // The window's start, from `from` on: in this frame or, if it is earlier, in the next.
      const uint64_t start =
          (window.offset_ns < from ? *system.frame_ns : 0) + window.offset_ns - from;
      if (start < span) busy += std::min(window.length_ns, span - start);
    }
    most = std::max(most, busy);
  }
  return most;
}

}  // namespace

std::vector<Overload> overloads(const SystemConfig& system, const RtLimits& limits) {
  std::vector<Overload> found;
  if (!system.frame_ns || *system.frame_ns == 0) return found;
  for (size_t first = 0, last; first < system.windows.size(); first = last) {
    const unsigned cpu = system.windows[first].cpu;
    bool sound = true;
    for (last = first; last < system.windows.size() && system.windows[last].cpu == cpu; ++last) {
      sound = sound && !beyond(system.windows[last], *system.frame_ns);
    }
    const RtLimit limit = limits.of(cpu);
    if (!sound || !limit.limits()) continue;
    const uint64_t span = std::min(*system.frame_ns, limit.period_ns);
    const double share =
        static_cast<double>(busiest(system, first, last, span)) / static_cast<double>(span);
    const uint64_t lost = limit.lost_ns(share);
    if (lost == 0) continue;
    found.push_back(
        {cpu, last - 1,
         fmt::format("CPU {} has {:.1f} % of {} in windows", cpu, 100 * share, write_time(span)),
         fmt::format("{:.1f} ms of each {:g} ms, at a stretch", static_cast<double>(lost) / 1e6,
                     static_cast<double>(limit.period_ns) / 1e6),
         limit});
  }
  return found;
}

}  // namespace hvk
