// SPDX-License-Identifier: GPL-2.0-or-later
// What a system's author granted to one of its guests. A channel, region or
// window that these functions do not list does not exist for that guest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/system_config.h"

namespace hvk {

// A guest's end of an event channel.
struct ChannelEnd {
  size_t channel;  // index in SystemConfig::channels; the guest knows the channel by it too
  bool sends;      // true at the sender's end, false at the receiver's
  size_t peer;     // the guest at the other end
};

// A shared-memory region as a guest sees it.
struct SharedView {
  size_t region;  // index in SystemConfig::shared
  bool write;
};

// The channel ends and the shared regions of `guest`, in ascending order of
// channel number and region index.
std::vector<ChannelEnd> channel_ends(const SystemConfig& system, size_t guest);
std::vector<SharedView> shared_views(const SystemConfig& system, size_t guest);

// The number of windows that `guest` has in one major frame, on all CPUs.
size_t window_count(const SystemConfig& system, size_t guest);

// Whether `guest` has windows. Such a guest must never wait for another guest or for a reader of
// its console, since that would take time from its windows.
inline bool has_windows(const SystemConfig& system, size_t guest) {
  return window_count(system, guest) > 0;
}

// Gives each region that has no address the lowest address in layout::kShared at which it overlaps
// no other region. Returns the indices of the regions for which there is no room; they keep no
// address. A region of size 0, which stands for a mistake in the file, is skipped.
std::vector<size_t> place_shared(SystemConfig& system);

}  // namespace hvk
