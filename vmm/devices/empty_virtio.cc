// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/empty_virtio.h"

#include "board/layout.h"
#include "devices/primecell.h"
#include "virtio/mmio.h"

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

void EmptyVirtio::describe(Fdt& fdt, uint64_t base) const {
  if (spi_) describe_virtio(fdt, base, *spi_);
}

void fill_virtio_slots(Bus& bus, EmptyVirtio& empty) {
  for (unsigned slot = 0; slot < layout::kVirtioSlots; ++slot) {
    const layout::Range range = layout::virtio_slot(slot);
    if (!bus.find(range.base)) bus.add(range, empty);
  }
}

}  // namespace hvk
