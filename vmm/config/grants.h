// SPDX-License-Identifier: GPL-2.0-or-later
// What a system's author granted one of its guests. What is not listed here
// does not exist for that guest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/system_config.h"

namespace hvk {

// An end of an event channel.
struct ChannelEnd {
  size_t channel;  // in SystemConfig::channels, and its number for the guest
  bool sends;      // else it receives
  size_t peer;     // the guest at the other end
};

// A shared-memory region as a guest sees it.
struct SharedView {
  size_t region;  // in SystemConfig::shared
  bool write;
};

// Lowest number first.
std::vector<ChannelEnd> channel_ends(const SystemConfig& system, size_t guest);
std::vector<SharedView> shared_views(const SystemConfig& system, size_t guest);

// Windows in a major frame, on all CPUs.
size_t window_count(const SystemConfig& system, size_t guest);

// Whether it has any, and so must never wait for what others do.
inline bool has_windows(const SystemConfig& system, size_t guest) {
  return window_count(system, guest) > 0;
}

// Gives each region without an address the lowest one in layout::kShared where it meets no
// other. Returns the regions for which there is none, which stay without. A region without a size
// is passed over.
std::vector<size_t> place_shared(SystemConfig& system);

}  // namespace hvk
