// SPDX-License-Identifier: GPL-2.0-or-later
// Prepares the text of a system file for toml++.
#pragma once

#include <string>
#include <string_view>

namespace hvk {

// Converts `text` to equivalent TOML in ASCII. This is needed because toml++ 3.3
// takes some characters outside of ASCII for spaces, and its test for spaces has
// undefined behaviour for others.
//
// In strings these characters are replaced by escapes, and in comments they are
// removed. Elsewhere TOML does not allow them: a '?' takes their place, which is a
// syntax error there. Bytes that are not UTF-8 become an error everywhere. A '?'
// also replaces a dot that would make a key so deep that toml++'s recursion could
// exhaust the stack. Line numbers are kept; columns after an escape change.
std::string ascii_toml(std::string_view text);

}  // namespace hvk
