// SPDX-License-Identifier: GPL-2.0-or-later
// The board's devices as parts of a guest.
#pragma once

#include <utility>

#include "board/bus.h"
#include "board/layout.h"
#include "devices/empty_virtio.h"
#include "hv/spi_line.h"
#include "machine/part.h"

namespace hvk {

// A device without an interrupt, and its place on the bus.
template <typename D>
class DevicePart final : public Part {
 public:
  explicit DevicePart(layout::Range range) : range_(range) {}

  void build(Bus& bus) override { bus.add(range_, device_); }

 private:
  const layout::Range range_;
  D device_;
};

// A device with an interrupt line, which is an SPI, and its place on the bus.
template <typename D>
class WiredDevicePart final : public Part {
 public:
  // Constructs the device with its line as first argument, followed by `rest`.
  template <typename... Rest>
  WiredDevicePart(layout::Range range, uint32_t spi, Rest&&... rest)
      : range_(range), line_(spi), device_(line_, std::forward<Rest>(rest)...) {}

  D& device() { return device_; }

  void build(Bus& bus) override { bus.add(range_, device_); }
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) override { line_.connect(&vm); }
  // A device may raise its line when the VM is gone, as the RTC does when its alarm fires late;
  // a disconnected line then has no effect.
  void unbind() override { line_.connect(nullptr); }

 private:
  const layout::Range range_;
  SpiLine line_;
  D device_;
};

// Stands for the device in a virtio slot where only the device tree is wanted.
class VirtioNodePart final : public Part {
 public:
  explicit VirtioNodePart(unsigned slot)
      : range_(layout::virtio_slot(slot)), device_(layout::kVirtioSpiBase + slot) {}

  void build(Bus& bus) override { bus.add(range_, device_); }

 private:
  const layout::Range range_;
  EmptyVirtio device_;
};

// The empty transport in all virtio slots that have no device. This part has to come after the
// parts of devices that take a slot.
class EmptyVirtioPart final : public Part {
 public:
  void build(Bus& bus) override { fill_virtio_slots(bus, empty_); }

 private:
  EmptyVirtio empty_;
};

}  // namespace hvk
