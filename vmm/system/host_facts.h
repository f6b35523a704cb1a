// SPDX-License-Identifier: GPL-2.0-only
// What a host allows a system of partitions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

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
  // RT throttling: tasks of the real-time classes get `rt_runtime_us` of each
  // `rt_period_us` of a CPU's time. Nothing: there is no limit.
  struct Throttling {
    uint64_t rt_runtime_us;
    uint64_t rt_period_us;
  };
  std::optional<Throttling> throttling;
};

// Reads /proc and /sys below `root`. What cannot be read is not known, and not
// a limit.
HostFacts read_host_facts(const std::filesystem::path& root = "/");

}  // namespace hvk
