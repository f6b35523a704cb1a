// SPDX-License-Identifier: GPL-2.0-or-later
// Compares the share of each CPU that a schedule's windows take with what the host allows real-time
// threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/system_config.h"
#include "host/rt_limit.h"

namespace hvk {

// A CPU whose windows take more time than the host allows real-time threads there.
struct Overload {
  unsigned cpu;
  size_t last;  // index in SystemConfig::windows of the CPU's last window
  // The load, as a message: "CPU 1 has 96.0 % of 10ms in windows".
  std::string what;
  // The part of the windows that may be lost: "10.4 ms of each 1000 ms, at a stretch".
  std::string lost;
  RtLimit limit;
};

// Returns all overloaded CPUs, in ascending order. The windows must be sorted by CPU, as in
// SystemConfig. A CPU with a window that reaches beyond the frame is skipped.
std::vector<Overload> overloads(const SystemConfig& system, const RtLimits& limits);

}  // namespace hvk
