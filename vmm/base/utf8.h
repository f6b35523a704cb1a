// SPDX-License-Identifier: GPL-2.0-or-later
// Characters of a text that may be anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hvk {

struct Character {
  uint32_t code;
  size_t size;  // in bytes; 0: what is there is not UTF-8
};

// The character at the start of `text`, which is not empty, as RFC 3629 has it: no
// overlong forms, no surrogates, nothing above U+10FFFF, nothing cut off.
Character first_character(std::string_view text);

}  // namespace hvk
