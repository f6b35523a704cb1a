// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/visible.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "base/utf8.h"

namespace hvk {
namespace {

bool is_harmless(uint32_t code) {
  struct Range {
    uint32_t first, last;
  };
  // Control characters, line and paragraph separators, and characters that change the direction of
  // writing (Unicode 15, chapter 23).
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
    const Character character = first_character(text);
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
