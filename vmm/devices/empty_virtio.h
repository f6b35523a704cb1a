// SPDX-License-Identifier: GPL-2.0-or-later
// A virtio-mmio transport without a device (virtio 1.2, section 4.2.2). QEMU's `virt` board has 32
// transports, and drivers see by the DeviceID which of them have a device. A guest that looks at
// all transports must get an answer from each.
//
// An empty transport has no state, so that one object serves in every free slot.
//
// Not modelled: QEMU's VendorID in empty slots. No driver reads it there, since
// DeviceID 0 has to be ignored silently (4.2.2.2).
#pragma once

#include <cstdint>
#include <optional>

#include "board/bus.h"
#include "board/device.h"

namespace hvk {

class EmptyVirtio final : public Device {
 public:
  EmptyVirtio() = default;
  // Stands for a device with this SPI where only the device tree is wanted: writes its node.
  explicit EmptyVirtio(uint32_t spi) : spi_(spi) {}

  std::string_view name() const override { return "virtio"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t, unsigned, uint64_t) override {}
  // Writes no node, unless it stands for a device. QEMU's tree lists all of its transports, and
  // Linux then loads the driver and binds it to each of them only to find nothing. A device that
  // takes a slot writes a node, and a guest that reads no tree knows the slots' addresses.
  void describe(Fdt& fdt, uint64_t base) const override;

 private:
  const std::optional<uint32_t> spi_;
};

// Puts `empty` into each virtio slot of the board where `bus` has no device yet. Throws SetupError.
void fill_virtio_slots(Bus& bus, EmptyVirtio& empty);

}  // namespace hvk
