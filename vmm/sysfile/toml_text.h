// SPDX-License-Identifier: GPL-2.0-or-later
// What toml++ is not to see of a text.
#pragma once

#include <string>
#include <string_view>

namespace hvk {

// The same TOML in ASCII: strings have escapes for the other characters, and
// comments lack them. Outside of both TOML allows none: a '?' is a syntax error
// at the same place. Lines stay; a line's columns move behind an escape.
// So is one in the place of a dot that makes a key too deep for toml++'s stack.
// toml++ 3.3 takes some such characters for spaces, and its test for spaces is
// undefined for others.
std::string ascii_toml(std::string_view text);

}  // namespace hvk
