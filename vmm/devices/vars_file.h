// SPDX-License-Identifier: GPL-2.0-or-later
// The file that keeps a bank of flash, the one with the firmware's variables, from one run to the
// next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"

namespace hvk {

// A byte of flash that is not programmed.
inline constexpr std::byte kErased{0xff};

// The file is the bank byte for byte, as QEMU's pflash drives are. What the guest programs or
// erases is written at once and in place, and nothing else is. So an hvk-run that is killed leaves
// what flash holds after a loss of power, for which firmware is prepared.
class VarsFile {
 public:
  // Opens `path`, or makes it with `size` bytes of 0xff, which is erased flash. Keeps the file
  // locked as long as this object lives (an open file description lock, which QEMU respects too).
  // A shorter file that is all 0xff is completed. Throws SetupError, also if another process has
  // the lock or the file has any other size.
  VarsFile(const std::string& path, uint64_t size);

  // Reads bytes from `offset` on until `to` is full. Set-up only; throws SetupError.
  void read(uint64_t offset, std::span<std::byte> to) const;

  // Writes `bytes` at `offset`. Returns false if that fails; the first failure is logged. Any
  // thread, but one at a time: the bank of flash calls it with its lock held.
  bool write(uint64_t offset, std::span<const std::byte> bytes) noexcept;

 private:
  void lock() const;
  bool is_beginning(uint64_t have) const;
  void erase_from(uint64_t offset, uint64_t size) const;

  std::string name_;
  Fd fd_;
  bool told_ = false;  // a failed write was logged
};

}  // namespace hvk
