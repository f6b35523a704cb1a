// SPDX-License-Identifier: GPL-2.0-or-later
// Decodes UTF-8 out of bytes that may be anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hvk {

struct Character {
  uint32_t code;
  size_t size;  // in bytes; 0: the bytes there are not UTF-8
};

// Decodes the character at the start of `text`, which must not be empty, by RFC 3629: an overlong
// form, a surrogate, a code above U+10FFFF or a character that is cut off is not UTF-8.
Character first_character(std::string_view text);

}  // namespace hvk
