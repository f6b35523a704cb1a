// SPDX-License-Identifier: GPL-2.0-or-later
// What a bank of flash holds: memory that the guest reads, and perhaps the file in
// which it is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "devices/vars_file.h"

namespace hvk {

class FlashMemory {
 public:
  // `size` bytes, erased: 0xff. Only what differs from that takes memory. Throws
  // SetupError.
  explicit FlashMemory(uint64_t size);
  // As `file` has it, where all changes go as well.
  FlashMemory(uint64_t size, VarsFile file);
  FlashMemory(FlashMemory&& other) noexcept;
  FlashMemory& operator=(FlashMemory&&) = delete;
  ~FlashMemory();

  // They stay where they are, so that a memory slot can have them.
  std::span<const std::byte> bytes() const { return bytes_; }

  // Both at an offset where there is room. `load` is set-up: the file does not get
  // it. `write` changes nothing and returns false if the file cannot take it.
  void load(uint64_t offset, std::span<const std::byte> content);
  bool write(uint64_t offset, std::span<const std::byte> content) noexcept;

 private:
  std::span<std::byte> bytes_;
  std::optional<VarsFile> file_;
};

}  // namespace hvk
