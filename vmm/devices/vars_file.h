// SPDX-License-Identifier: GPL-2.0-or-later
// The file in which a bank of flash is kept from one run to the next: firmware's
// variables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"

namespace hvk {

// What flash holds where nothing was programmed.
inline constexpr std::byte kErased{0xff};

// It is the bank byte for byte, as QEMU's pflash drives are, and is written as the
// guest programs: in place, what was programmed and no more. So a hvk-run that is
// killed leaves what flash has after a loss of power, which firmware is made for.
class VarsFile {
 public:
  // Opens `path`, or makes it: erased, `size` bytes of 0xff. Nobody else may have it
  // until this object goes (an open file description lock, which QEMU respects too).
  // Throws SetupError.
  VarsFile(const std::string& path, uint64_t size);

  // Reads from `offset` on until `to` is full. Set-up only; throws SetupError.
  void read(uint64_t offset, std::span<std::byte> to) const;

  // False if it could not be written; why is logged. Any thread.
  bool write(uint64_t offset, std::span<const std::byte> bytes) noexcept;

 private:
  void lock() const;
  bool is_beginning(uint64_t have) const;
  void erase_from(uint64_t offset, uint64_t size) const;

  std::string name_;
  Fd fd_;
  bool told_ = false;  // that it could not be written
};

}  // namespace hvk
