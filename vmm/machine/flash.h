// SPDX-License-Identifier: GPL-2.0-or-later
// The flash of a guest with firmware, as a part of the guest: one bank for the code and one for
// the firmware's variables.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "config/config.h"
#include "devices/cfi_flash.h"
#include "machine/part.h"

namespace hvk {

class Flash final : public Part {
 public:
  // Reads the firmware that `config` names. `vars` is the file of its variables, or null if they
  // are not kept. Both must outlive this object.
  Flash(const Config& config, VarsFile* vars) : config_(config), vars_(vars) {}

  // Reads the files into the banks and puts these on the bus. Throws SetupError.
  void build(Bus& bus) override;
  // Makes each bank a read-only memory slot, from which the guest reads and executes while the bank
  // is in array mode. The slot is removed and made again when the bank changes its mode.
  void map(Vm& vm) override;

  // Valid after `build`: the firmware as it lies in its bank, and its digest if it came from a FIT
  // image.
  std::span<const std::byte> firmware() const { return banks_[0]->bytes().first(firmware_size_); }
  const std::optional<Digest>& digest() const { return digest_; }

 private:
  const Config& config_;
  VarsFile* const vars_;
  std::vector<std::unique_ptr<CfiFlash>> banks_;
  size_t firmware_size_ = 0;
  std::optional<Digest> digest_;
};

}  // namespace hvk
