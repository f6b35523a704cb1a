// SPDX-License-Identifier: GPL-2.0-or-later
// Guest RAM as a loader sees it: the only way by which a file's bytes get into the guest. Every
// range is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "image/bytes.h"
#include "image/loaded.h"

namespace hvk::image {

class Target {
 public:
  // `digester`, which may be empty, and `ram` must outlive this object. `base` is the IPA of `ram`.
  Target(std::span<std::byte> ram, uint64_t base, const Digester& digester)
      : ram_(ram), base_(base), digester_(digester) {}

  uint64_t base() const { return base_; }        // IPA
  uint64_t size() const { return ram_.size(); }  // bytes

  // Whether [ipa, ipa + size) lies inside the RAM.
  bool contains(uint64_t ipa, uint64_t size) const {
    return ipa >= base_ && fits(ipa - base_, size, ram_.size());
  }

  // Copies `bytes`, which may lie in the RAM, to `ipa` and clears the memory behind them up to
  // `size` bytes in all, where `size` must not be less than bytes.size(). Throws ImageError, which
  // names `part`, if [ipa, ipa
  // + size) is not all RAM.
  LoadedPart place(std::string_view part, uint64_t ipa, Bytes bytes, uint64_t size) const;

 private:
  std::span<std::byte> ram_;
  uint64_t base_;
  const Digester& digester_;
};

// Formats a number for messages: "0x40080000".
std::string hex(uint64_t value);

}  // namespace hvk::image
