// SPDX-License-Identifier: GPL-2.0-or-later
// The report on the guests of a system: a table for the user, and JSON for
// programs.
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
  std::string end;    // how the guest ended, "powered off"; empty if it has not
  unsigned boots = 0;
  Usage usage;                       // sum over all boots
  std::optional<WindowUse> windows;  // nothing if the guest has no windows
  uint64_t health = 0;               // number of the guest's health reports, plus usage.aborts
  std::optional<uint64_t> memory;    // bytes that a guest with a balloon has
  uint64_t resident = 0;             // bytes of its RAM that the host has in memory
  uint64_t disk_read = 0, disk_written = 0, net_received = 0, net_sent = 0;  // bytes
  uint64_t console_lost = 0;  // bytes of console output that were lost
};

// Returns the report as a table of several lines, the last one without a line feed.
std::string report_table(std::span<const GuestReport> guests);

// Returns the report as one JSON document in one line; docs/running.md describes its fields.
// `system` is the system's name.
std::string report_json(const std::string& system, std::span<const GuestReport> guests);

}  // namespace hvk
