// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's bus: which device answers at which IPA.
#pragma once

#include <cstdint>
#include <vector>

#include "board/device.h"
#include "board/layout.h"

namespace hvk {

// The guest's memory-mapped devices. One thread adds all of them at set-up. After that all vCPU
// threads call `read` and `write` at once, without a lock, since the bus no longer changes.
class Bus {
 public:
  struct Entry {
    layout::Range range;
    Device* device;
  };

  // `log` prints the devices' hints at accesses without effect; null means the common log. It must
  // outlive the devices.
  explicit Bus(OnceLog* log = nullptr) : log_(log) {}

  // Puts `device` at `range`. It must outlive the bus. Throws SetupError if the range is empty,
  // wraps around, or overlaps a device that is there already. Set-up only.
  void add(layout::Range range, Device& device);

  // Passes an access of `size` bytes (1, 2, 4 or 8) to the device at `ipa`. Returns false if no
  // single device answers for all of it; the caller then injects an external abort. Any thread.
  bool read(uint64_t ipa, unsigned size, uint64_t& value) const;
  bool write(uint64_t ipa, unsigned size, uint64_t value) const;

  // The device at `ipa`, or null.
  const Entry* find(uint64_t ipa) const;

  // All devices with their ranges, the lowest IPA first.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  OnceLog* log_;
};

}  // namespace hvk
