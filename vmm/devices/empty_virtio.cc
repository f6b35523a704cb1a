// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/empty_virtio.h"

#include "board/layout.h"
#include "devices/primecell.h"

namespace hvk {
namespace {

// Registers' offsets, virtio 1.2 table 4.1.
constexpr uint64_t kMagicValue = 0x000;
constexpr uint64_t kVersion = 0x004;

constexpr uint32_t kMagic = 0x74726976;  // "virt"
constexpr uint32_t kModern = 2;

}  // namespace

uint64_t EmptyVirtio::read(uint64_t offset, unsigned size) {
  uint32_t value = 0;
  switch (offset & primecell::kRegisterMask) {
    case kMagicValue:
      value = kMagic;
      break;
    case kVersion:
      value = kModern;
      break;
    default:
      break;  // DeviceID 0: there is no device, and so there are no other registers
  }
  return primecell::lanes(value, offset, size);
}

void fill_virtio_slots(Bus& bus, EmptyVirtio& empty) {
  const layout::Range& first = layout::kVirtioMmio;
  for (uint64_t slot = 0; slot < layout::kVirtioSlots; ++slot) {
    const uint64_t base = first.base + slot * first.size;
    if (!bus.find(base)) bus.add({base, first.size}, empty);
  }
}

}  // namespace hvk
