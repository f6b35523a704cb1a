// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's IPA map. It is the map of QEMU's `virt` board, so that programs which people already
// have (U-Boot for qemu_arm64, RTOS ports, tutorials) run unmodified.
//
//   0x00000000 +--------------------+ flash: firmware
//   0x04000000 |                    | flash: the firmware's variables
//   0x08000000 | GICD               |
//   0x08010000 | GICC (GICv2)       |
//   0x080a0000 | GICR (GICv3)       |
//   0x09000000 | PL011              | SPI 1
//   0x09010000 | PL031              | SPI 2
//   0x09030000 | PL061              | SPI 7, power key
//   0x09040000 | PL061 0..7         | SPI 8 + n, event channels
//   0x0a000000 | virtio-mmio 0..31  | SPI 16 + n
//   0x30000000 | shared memory      | between guests of a system
//   0x40000000 +--------------------+ RAM
//
// SPI 64 + n (INTID 96 + n) is event channel n of a system, 0 to 63.
#pragma once

#include <cstdint>

namespace hvk::layout {

struct Range {
  uint64_t base;  // IPA
  uint64_t size;  // bytes
};

inline constexpr Range kFlash{0x00000000, 0x08000000};
inline constexpr Range kFlashBanks[] = {{0x00000000, 0x04000000}, {0x04000000, 0x04000000}};
inline constexpr Range kGicDist{0x08000000, 0x00010000};
inline constexpr Range kGicCpu{0x08010000, 0x00010000};
inline constexpr Range kPl011{0x09000000, 0x1000};
inline constexpr Range kPl031{0x09010000, 0x1000};
inline constexpr Range kPl061{0x09030000, 0x1000};
inline constexpr Range kChannelGpio{0x09040000, 0x1000};  // the first of 8, side by side
inline constexpr Range kVirtioMmio{0x0a000000, 0x200};    // the first of 32 slots, side by side
inline constexpr unsigned kVirtioSlots = 32;
constexpr Range virtio_slot(unsigned slot) {
  return {kVirtioMmio.base + slot * kVirtioMmio.size, kVirtioMmio.size};
}
inline constexpr Range kShared{0x30000000, 0x0f000000};
inline constexpr uint64_t kRamBase = 0x40000000;

// SPI numbers count from 0, as in a device tree: INTID = 32 + SPI.
inline constexpr uint32_t kPl011Spi = 1;
inline constexpr uint32_t kPl031Spi = 2;
inline constexpr uint32_t kPl061Spi = 7;
inline constexpr uint32_t kChannelGpioSpiBase = 8;
inline constexpr uint32_t kVirtioSpiBase = 16;
inline constexpr uint32_t kEventSpiBase = 64;
inline constexpr uint32_t kEventSpis = 64;

// PPI numbers count from 0, as in a device tree: INTID = 16 + PPI.
inline constexpr uint32_t kTimerPpiSecure = 13;
inline constexpr uint32_t kTimerPpiPhys = 14;
inline constexpr uint32_t kTimerPpiVirt = 11;
inline constexpr uint32_t kTimerPpiHyp = 10;

}  // namespace hvk::layout
