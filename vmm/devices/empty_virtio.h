// SPDX-License-Identifier: GPL-2.0-or-later
// virtio-mmio transport without a device (virtio 1.2, section 4.2.2): QEMU's
// `virt` board has 32 of them, and drivers find out by their DeviceID which ones
// are taken. A guest that looks at all of them must get an answer from each.
//
// An empty transport has no state: one object stands in every slot.
//
// Not modelled: QEMU's VendorID in empty slots. No driver reads it there, since
// DeviceID 0 has to be ignored silently (4.2.2.2).
#pragma once

#include "board/bus.h"
#include "board/device.h"

namespace hvk {

class EmptyVirtio final : public Device {
 public:
  std::string_view name() const override { return "virtio"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t, unsigned, uint64_t) override {}
  // No node. QEMU's tree lists all of its transports, and Linux then loads the
  // driver and binds it to each of them, to learn that there is nothing. A
  // device that takes a slot has a node; who knows no tree knows the addresses.
  void describe(Fdt&, uint64_t) const override {}
};

// Puts `empty` into each of the board's slots where `bus` has no device yet.
void fill_virtio_slots(Bus& bus, EmptyVirtio& empty);

}  // namespace hvk
