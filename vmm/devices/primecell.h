// SPDX-License-Identifier: GPL-2.0-or-later
// What Arm's PrimeCell peripherals have in common: 32-bit registers behind an
// APB port, and identification bytes in the last 32 bytes of the 4 KiB block.
#pragma once

#include <array>
#include <cstdint>

namespace hvk::primecell {

inline constexpr uint64_t kRegisterMask = ~uint64_t{3};
inline constexpr uint64_t kFirstId = 0xfe0;

// PeriphID0..3 and PCellID0..3, a byte each in a 32-bit register.
using Ids = std::array<uint8_t, 8>;

// The register at an aligned offset from kFirstId to 0xffc.
inline uint32_t read_id(const Ids& ids, uint64_t offset) {
  return ids[(offset - kFirstId) / 4 % ids.size()];
}

// What a load of `size` bytes at `offset` sees of the register there. An
// access wider than the register reads zeroes above it: the port carries one
// register at a time.
inline uint64_t lanes(uint32_t value, uint64_t offset, unsigned size) {
  const uint64_t shifted = uint64_t{value} >> (offset % 4 * 8);
  return size >= 4 ? shifted : shifted & ((uint64_t{1} << size * 8) - 1);
}

// Whether a store begins at a register; APB 2 has no byte strobes, so a store
// into the middle of one has no meaning and is ignored.
inline bool starts_register(uint64_t offset) { return offset % 4 == 0; }

}  // namespace hvk::primecell
