// SPDX-License-Identifier: GPL-2.0-or-later
// The flash of a guest without firmware: all bits read as 1, and writes are ignored.
//
// Not modelled: the command set. A guest with firmware has the flash of cfi_flash.h.
#pragma once

#include "board/device.h"

namespace hvk {

class ErasedFlash final : public Device {
 public:
  std::string_view name() const override { return "flash"; }
  uint64_t read(uint64_t, unsigned size) override {
    return size >= sizeof(uint64_t) ? UINT64_MAX : (uint64_t{1} << (8 * size)) - 1;
  }
  void write(uint64_t, unsigned, uint64_t) override {}
  // Writes no node: a guest's driver would expect the command set.
  void describe(Fdt&, uint64_t) const override {}
};

}  // namespace hvk
