// SPDX-License-Identifier: GPL-2.0-or-later
// What must hold between the parts of a system: the schedule and the host,
// windows and vCPUs, names, regions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/mistakes.h"
#include "config/system_config.h"
#include "host/host_facts.h"

namespace hvk {

inline constexpr size_t kMaxOfEach = 64;  // guests, windows, channels, regions

inline constexpr uint64_t kSharedUnit = 4096;  // of a shared region's address and size

// Where in its file each part of a SystemConfig stands, by the same index.
struct SystemLines {
  struct Guest {
    uint32_t name = 0;
    uint32_t host_cpus = 0;
    uint32_t console = 0;
    bool pinned = false;  // the file has host-cpus, right or wrong
  };
  struct Shared {
    uint32_t name = 0;
    uint32_t address = 0;
    bool fixed = false;  // the file says the address
  };
  std::vector<Guest> guests;
  std::vector<uint32_t> windows;
  std::vector<uint32_t> channels;  // their names
  std::vector<Shared> shared;
  bool all_windows = true;  // none was left out because of a mistake
};

// a to z, digits, - and _; 1 to 31 of them.
bool is_name(std::string_view name);

// Adds what is wrong. Sorts the windows, and gives the regions whose address
// the file leaves open theirs.
void check_system(SystemConfig& system, SystemLines& lines, const HostFacts& host,
                  Mistakes& mistakes);

}  // namespace hvk
