// SPDX-License-Identifier: GPL-2.0-or-later
#include "board/bus.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace hvk {
namespace {

bool contains(const layout::Range& range, uint64_t ipa, unsigned size) {
  const uint64_t offset = ipa - range.base;
  return offset < range.size && size <= range.size - offset;
}

}  // namespace

void Bus::add(layout::Range range, Device& device) {
  const uint64_t last = range.base + (range.size - 1);
  if (range.size == 0 || last < range.base) {
    throw SetupError(fmt::format("device {} at {:#x}", device.name(), range.base),
                     "its range is empty or wraps around");
  }
  auto next =
      std::upper_bound(entries_.begin(), entries_.end(), range.base,
                       [](uint64_t base, const Entry& entry) { return base < entry.range.base; });
  const Entry* clash = nullptr;
  if (next != entries_.end() && next->range.base <= last) clash = &*next;
  if (next != entries_.begin()) {
    const Entry& before = *(next - 1);
    if (range.base - before.range.base < before.range.size) clash = &before;
  }
  if (clash) {
    throw SetupError(fmt::format("device {} at {:#x}", device.name(), range.base),
                     fmt::format("overlaps {} at {:#x}", clash->device->name(), clash->range.base));
  }
  entries_.insert(next, Entry{range, &device});
  device.set_log(log_);
}

const Bus::Entry* Bus::find(uint64_t ipa) const {
  auto next =
      std::upper_bound(entries_.begin(), entries_.end(), ipa,
                       [](uint64_t addr, const Entry& entry) { return addr < entry.range.base; });
  if (next == entries_.begin()) return nullptr;
  const Entry& entry = *(next - 1);
  return ipa - entry.range.base < entry.range.size ? &entry : nullptr;
}

bool Bus::read(uint64_t ipa, unsigned size, uint64_t& value) const {
  const Entry* entry = find(ipa);
  if (!entry || !contains(entry->range, ipa, size)) return false;
  value = entry->device->read(ipa - entry->range.base, size);
  return true;
}

bool Bus::write(uint64_t ipa, unsigned size, uint64_t value) const {
  const Entry* entry = find(ipa);
  if (!entry || !contains(entry->range, ipa, size)) return false;
  entry->device->write(ipa - entry->range.base, size, value);
  return true;
}

}  // namespace hvk
