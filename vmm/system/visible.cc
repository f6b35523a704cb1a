// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/visible.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace hvk {
namespace {

struct Character {
  uint32_t code;
  size_t size;  // in bytes; 0: not UTF-8
};

// The character at the start of `text`, by RFC 3629.
Character first_of(std::string_view text) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // by size: no overlong forms
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead >= 0xf8 || text.size() < size) return {0, 0};
  uint32_t code = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {0, 0};
    code = code << 6 | (next & 0x3fu);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast[size] || surrogate || code > 0x10ffff) return {0, 0};
  return {code, size};
}

bool is_harmless(uint32_t code) {
  struct Range {
    uint32_t first, last;
  };
  // Controls, line separators and what changes the direction (Unicode 15, chapter 23).
  constexpr Range kHarmful[] = {{0, 8},           {10, 31},         {0x7f, 0x9f},
                                {0x61c, 0x61c},   {0x200e, 0x200f}, {0x2028, 0x202e},
                                {0x2066, 0x2069}, {0xfeff, 0xfeff}};
  for (const Range& range : kHarmful) {
    if (code >= range.first && code <= range.last) return false;
  }
  return true;
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character character = first_of(text);
    const size_t size = character.size ? character.size : 1;
    if (character.size && is_harmless(character.code)) {
      out += text.substr(0, size);
    } else {
      for (const char byte : text.substr(0, size)) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace hvk
