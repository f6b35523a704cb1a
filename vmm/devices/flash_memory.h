// SPDX-License-Identifier: GPL-2.0-or-later
// The content of a bank of flash: memory that the guest reads and, for some banks, a file that
// keeps it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "devices/vars_file.h"

namespace hvk {

class FlashMemory {
 public:
  // Makes `size` bytes that are erased, 0xff. Only pages that are changed take memory. Throws
  // SetupError.
  explicit FlashMemory(uint64_t size);
  // Makes `size` bytes with the content of `file`, to which each `write` goes too, and which must
  // outlive this object. Throws SetupError.
  FlashMemory(uint64_t size, VarsFile& file);
  FlashMemory(FlashMemory&& other) noexcept;
  FlashMemory& operator=(FlashMemory&&) = delete;
  ~FlashMemory();

  // The content. Its address never changes, so that a memory slot can map it.
  std::span<const std::byte> bytes() const { return bytes_; }

  // Both put `content` at `offset`; [offset, offset + content.size()) must lie inside. `load` is
  // for set-up and leaves the file alone. `write` writes to the file first, and if that fails it
  // leaves the memory unchanged and returns false.
  void load(uint64_t offset, std::span<const std::byte> content);
  bool write(uint64_t offset, std::span<const std::byte> content) noexcept;

 private:
  std::span<std::byte> bytes_;
  VarsFile* file_ = nullptr;
};

}  // namespace hvk
