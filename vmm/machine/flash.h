// SPDX-License-Identifier: GPL-2.0-or-later
// The flash of a guest with firmware: a bank for the code, one for the firmware's variables.
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
  // The firmware and the variables of `config`, which must outlive it.
  explicit Flash(const Config& config) : config_(config) {}

  // Reads the files. Throws SetupError.
  void build(Bus& bus) override;
  // A bank is the guest's memory to read and to execute while it reads as an array.
  void map(Vm& vm) override;

  // After `build`: what the firmware's file had, as it lies in the bank, and its digest if the
  // file is one that is to be checked.
  std::span<const std::byte> firmware() const { return banks_[0]->bytes().first(firmware_size_); }
  const std::optional<Digest>& digest() const { return digest_; }

 private:
  const Config& config_;
  std::vector<std::unique_ptr<CfiFlash>> banks_;
  size_t firmware_size_ = 0;
  std::optional<Digest> digest_;
};

}  // namespace hvk
