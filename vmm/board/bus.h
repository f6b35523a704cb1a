// SPDX-License-Identifier: GPL-2.0-or-later
// Which device answers at which IPA.
#pragma once

#include <cstdint>
#include <vector>

#include "board/device.h"
#include "board/layout.h"

namespace hvk {

// The guest's memory-mapped devices. Filled at set-up by one thread; after
// that `read` and `write` are called by all vCPU threads at once, without a
// lock, since nothing changes any more.
class Bus {
 public:
  struct Entry {
    layout::Range range;
    Device* device;
  };

  // `log`, or null: where its devices tell what a guest does to them in vain.
  explicit Bus(OnceLog* log = nullptr) : log_(log) {}

  // The device must outlive the bus. Throws SetupError if the range is empty,
  // wraps around, or overlaps a device that is there already.
  void add(layout::Range range, Device& device);

  // Passes an access of `size` bytes (1, 2, 4 or 8) on. False if no single
  // device answers for all of it: the guest is due an external abort.
  bool read(uint64_t ipa, unsigned size, uint64_t& value) const;
  bool write(uint64_t ipa, unsigned size, uint64_t value) const;

  // The device at `ipa`, or null.
  const Entry* find(uint64_t ipa) const;

  // Lowest IPA first.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  OnceLog* log_;
};

}  // namespace hvk
