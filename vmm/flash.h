// SPDX-License-Identifier: GPL-2.0-only
// The flash at IPA 0: firmware, then erased.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "vmm/device.h"
#include "vmm/layout.h"

namespace hvk {

// On the bus it is flash that is erased and cannot be programmed: reads have
// all bits set, writes are ignored. With firmware the guest reads and executes
// it from `image` instead, a read-only memory slot, and the bus is left with
// the writes.
//
// Not modelled: the CFI command set, and so programming and erasing.
class Flash final : public Device {
 public:
  Flash() = default;
  ~Flash() override;
  Flash(const Flash&) = delete;
  Flash& operator=(const Flash&) = delete;

  // Fills the flash: `firmware`, at most layout::kFlash.size bytes, then 0xff.
  // Throws SetupError. At most once.
  void program(std::span<const std::byte> firmware);

  // All of the flash, or nothing without firmware.
  std::span<const std::byte> image() const { return image_; }

  std::string_view name() const override { return "flash"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  // No node: a guest's driver would look for the command set.
  void describe(Fdt&, uint64_t) const override {}

 private:
  std::span<std::byte> image_;
};

}  // namespace hvk
