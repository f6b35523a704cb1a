// SPDX-License-Identifier: GPL-2.0-or-later
// Decodes UTF-8 out of bytes that may be anything, and makes such bytes fit for a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hvk {

struct Character {
  uint32_t code;
  size_t size;  // in bytes; 0: the bytes there are not UTF-8
};

// Decodes the character at the start of `text`, which must not be empty, by RFC 3629: an overlong
// form, a surrogate, a code above U+10FFFF or a character that is cut off is not UTF-8.
Character first_character(std::string_view text);

// Returns `text` with a '?' for each control character, U+0080 to U+009F included, and for each
// byte that is not UTF-8: terminals may obey them. Those in `kept` stay.
std::string printable(std::string_view text, std::string_view kept = {});

}  // namespace hvk
