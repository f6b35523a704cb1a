// SPDX-License-Identifier: GPL-2.0-or-later
// How much of each CPU a schedule's windows take, held against what the host allows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/system_config.h"
#include "host/rt_limit.h"

namespace hvk {

// Windows of one CPU that are more than the host lets real-time threads have there.
struct Overload {
  unsigned cpu;
  size_t last;  // its last window, in SystemConfig::windows
  // "CPU 1 has 96.0 % of 10ms in windows"
  std::string what;
  // "10.4 ms of each 1000 ms, at a stretch": what of them is lost
  std::string lost;
  RtLimit limit;
};

// In the order of CPUs. The windows are in order (SystemConfig); a CPU of which one reaches beyond
// the frame is not judged.
std::vector<Overload> overloads(const SystemConfig& system, const RtLimits& limits);

}  // namespace hvk
