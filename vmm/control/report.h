// SPDX-License-Identifier: GPL-2.0-or-later
// What became of the guests of a system: for people at its end, for programs
// at any time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "hv/usage.h"
#include "partition/links.h"

namespace hvk {

struct GuestReport {
  std::string name;
  std::string state;  // "created", "running", "stopped", "ended"
  std::string end;    // how it came to its end: "powered off"; empty: it has not
  unsigned boots = 0;
  Usage usage;                       // over all boots
  std::optional<WindowUse> windows;  // of a guest that has some
  uint64_t health = 0;               // health reports: the guest's own, and usage.aborts
  uint64_t console_lost = 0;         // bytes
};

// Lines for the terminal, the last one without line feed.
std::string report_table(std::span<const GuestReport> guests);

// One JSON document in one line; docs/running.md tells its fields.
std::string report_json(const std::string& system, std::span<const GuestReport> guests);

}  // namespace hvk
