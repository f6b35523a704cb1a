// SPDX-License-Identifier: GPL-2.0-or-later
// What a host allows a system of partitions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

#include "host/rt_limit.h"

namespace hvk {

struct HostFacts {
  std::optional<std::set<unsigned>> online;  // CPUs; nothing: not known
  std::set<unsigned> isolated;               // from the scheduler: isolcpus
  // In bytes. `available` can be had without swapping; it changes all the time.
  struct Memory {
    uint64_t ram;
    uint64_t swap;
    uint64_t available;
  };
  std::optional<Memory> memory;
  RtLimits rt;  // what it lets the threads have that keep windows
};

// Reads /proc and /sys below `root`. What cannot be read is not known, and not
// a limit.
HostFacts read_host_facts(const std::filesystem::path& root = "/");

}  // namespace hvk
