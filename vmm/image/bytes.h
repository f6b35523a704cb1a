// SPDX-License-Identifier: GPL-2.0-or-later
// Reading little-endian fields out of a file that may lie about its lengths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "image/loaded.h"

namespace hvk::image {

using Bytes = std::span<const std::byte>;

// Whether [offset, offset + size) lies inside `total` bytes; cannot overflow.
constexpr bool fits(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

// The little-endian number at `offset`. Throws ImageError beyond the end.
template <typename T>
T le(Bytes file, uint64_t offset) {
  if (!fits(offset, sizeof(T), file.size())) throw ImageError("the file ends within its header");
  uint64_t value = 0;
  for (size_t i = sizeof(T); i-- > 0;) {
    value = value << 8 | std::to_integer<uint64_t>(file[offset + i]);
  }
  return static_cast<T>(value);
}

// Whether `magic` stands at `offset`; false when the file ends before it.
inline bool has_magic(Bytes file, uint64_t offset, std::string_view magic) {
  if (!fits(offset, magic.size(), file.size())) return false;
  for (size_t i = 0; i < magic.size(); ++i) {
    if (std::to_integer<char>(file[offset + i]) != magic[i]) return false;
  }
  return true;
}

}  // namespace hvk::image
