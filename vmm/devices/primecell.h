// SPDX-License-Identifier: GPL-2.0-or-later
// What Arm's PrimeCell peripherals have in common: 32-bit registers behind an APB port, and
// identification registers in the last 32 bytes of the 4 KiB block.
#pragma once

#include <array>
#include <cstdint>

namespace hvk::primecell {

inline constexpr uint64_t kRegisterMask = ~uint64_t{3};
inline constexpr uint64_t kFirstId = 0xfe0;

// PeriphID0..3 and PCellID0..3: each is the low byte of a 32-bit register.
using Ids = std::array<uint8_t, 8>;

// Returns the identification register at `offset`, which is aligned and from kFirstId to 0xffc.
inline uint32_t read_id(const Ids& ids, uint64_t offset) {
  return ids[(offset - kFirstId) / 4 % ids.size()];
}

// Returns what a load of `size` bytes at `offset` reads if the register there has `value`. A load
// that goes beyond the register reads zeroes there, since the port carries one register at a time.
inline uint64_t lanes(uint32_t value, uint64_t offset, unsigned size) {
  const uint64_t shifted = uint64_t{value} >> (offset % 4 * 8);
  return size >= 4 ? shifted : shifted & ((uint64_t{1} << size * 8) - 1);
}

// Whether a store at `offset` begins at a register. APB 2 has no byte strobes, so that a store into
// the middle of a register has no meaning; devices ignore it.
inline bool starts_register(uint64_t offset) { return offset % 4 == 0; }

}  // namespace hvk::primecell
