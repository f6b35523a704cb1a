// SPDX-License-Identifier: GPL-2.0-or-later
// Reads little-endian fields out of a file whose own lengths and offsets are not trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "image/loaded.h"

namespace hvk::image {

using Bytes = std::span<const std::byte>;

// Whether [offset, offset + size) lies inside `total` bytes. The calculation cannot overflow.
constexpr bool fits(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

// Returns the little-endian number at `offset`. Throws ImageError if it is not all inside the file.
template <typename T>
T le(Bytes file, uint64_t offset) {
  if (!fits(offset, sizeof(T), file.size())) throw ImageError("the file ends within its header");
  uint64_t value = 0;
  for (size_t i = sizeof(T); i-- > 0;) {
    value = value << 8 | std::to_integer<uint64_t>(file[offset + i]);
  }
  return static_cast<T>(value);
}

// Whether `magic` is at `offset` of the file; false if the file ends before the end of it.
inline bool has_magic(Bytes file, uint64_t offset, std::string_view magic) {
  if (!fits(offset, magic.size(), file.size())) return false;
  for (size_t i = 0; i < magic.size(); ++i) {
    if (std::to_integer<char>(file[offset + i]) != magic[i]) return false;
  }
  return true;
}

}  // namespace hvk::image
