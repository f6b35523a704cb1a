// SPDX-License-Identifier: GPL-2.0-or-later
// Checks the rules that involve several parts of a system, or the host: names,
// the schedule, windows and vCPUs, memory, regions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/mistakes.h"
#include "config/system_config.h"
#include "host/host_facts.h"

namespace hvk {

inline constexpr size_t kMaxOfEach = 64;  // the most guests, the most channels, the most regions

inline constexpr uint64_t kSharedUnit = 4096;  // alignment of a shared region's address and size

// The lines of the system file at which the parts of a SystemConfig are defined. Each list has the
// same indices as the list of that name in SystemConfig.
struct SystemLines {
  struct Guest {
    uint32_t name = 0;
    uint32_t host_cpus = 0;
    uint32_t console = 0;
    bool pinned = false;  // the file has the key host-cpus, even if its value is a mistake
  };
  struct Shared {
    uint32_t name = 0;
    uint32_t address = 0;
    bool fixed = false;  // the file gives the address
  };
  std::vector<Guest> guests;
  std::vector<uint32_t> windows;
  std::vector<uint32_t> channels;  // lines of the channels' names
  std::vector<Shared> shared;
  bool all_windows = true;  // false if a window was left out because of a mistake
};

// Whether `name` may name a partition, a channel or a region: 1 to 31 characters
// of a to z, 0 to 9, - and _.
bool is_name(std::string_view name);

// Checks `system` and adds all mistakes that it finds to `mistakes`. Sorts the
// windows and `lines.windows`, and places the regions for which the file gives no
// address.
void check_system(SystemConfig& system, SystemLines& lines, const HostFacts& host,
                  Mistakes& mistakes);

}  // namespace hvk
