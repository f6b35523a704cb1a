// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/grants.h"

#include "board/layout.h"

namespace hvk {
namespace {

// Returns a region that has an address and overlaps [ipa, ipa + size), or null.
const SharedConfig* clash(const SystemConfig& system, uint64_t ipa, uint64_t size) {
  for (const SharedConfig& other : system.shared) {
    if (other.ipa == 0 || other.size == 0) continue;
    if (ipa < other.ipa + other.size && other.ipa < ipa + size) return &other;
  }
  return nullptr;
}

// Returns the lowest IPA at which a region of `size` bytes fits, or 0.
uint64_t lowest_free(const SystemConfig& system, uint64_t size) {
  const layout::Range& room = layout::kShared;
  uint64_t ipa = room.base;
  while (size <= room.size && ipa - room.base <= room.size - size) {
    const SharedConfig* other = clash(system, ipa, size);
    if (!other) return ipa;
    ipa = other->ipa + other->size;
  }
  return 0;
}

}  // namespace

std::vector<ChannelEnd> channel_ends(const SystemConfig& system, size_t guest) {
  std::vector<ChannelEnd> ends;
  for (size_t number = 0; number < system.channels.size(); ++number) {
    const ChannelConfig& channel = system.channels[number];
    if (channel.from == guest) ends.push_back({number, true, channel.to});
    if (channel.to == guest) ends.push_back({number, false, channel.from});
  }
  return ends;
}

std::vector<SharedView> shared_views(const SystemConfig& system, size_t guest) {
  std::vector<SharedView> views;
  for (size_t region = 0; region < system.shared.size(); ++region) {
    for (const SharedConfig::Access& access : system.shared[region].access) {
      if (access.guest == guest) views.push_back({region, access.write});
    }
  }
  return views;
}

size_t window_count(const SystemConfig& system, size_t guest) {
  size_t count = 0;
  for (const WindowConfig& window : system.windows) count += window.guest == guest;
  return count;
}

std::vector<size_t> place_shared(SystemConfig& system) {
  std::vector<size_t> left;
  for (size_t i = 0; i < system.shared.size(); ++i) {
    SharedConfig& region = system.shared[i];
    if (region.ipa != 0 || region.size == 0) continue;
    region.ipa = lowest_free(system, region.size);
    if (region.ipa == 0) left.push_back(i);
  }
  return left;
}

}  // namespace hvk
