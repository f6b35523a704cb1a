// SPDX-License-Identifier: GPL-2.0-or-later
// The host's CPUs, memory and limits of real-time threads, which bound a system of partitions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

#include "host/rt_limit.h"

namespace hvk {

struct HostFacts {
  std::optional<std::set<unsigned>> online;  // CPUs; nothing: not known
  std::set<unsigned> isolated;               // CPUs that the scheduler leaves alone (isolcpus)
  // In bytes. `available` is what can be had without swapping; it changes all the time.
  struct Memory {
    uint64_t ram;
    uint64_t swap;
    uint64_t available;
  };
  std::optional<Memory> memory;
  RtLimits rt;  // of real-time threads: a vCPU's thread is one while it runs in windows
};

// Reads /proc and /sys below `root`. A fact whose file cannot be read is unknown and sets no limit.
HostFacts read_host_facts(const std::filesystem::path& root = "/");

}  // namespace hvk
