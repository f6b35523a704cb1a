// SPDX-License-Identifier: GPL-2.0-only
// What toml++ is not to see of a text.
#pragma once

#include <string>
#include <string_view>

namespace hvk {

// The text with a '?' for each character outside of strings and comments that
// is not ASCII. TOML allows none there: the '?' is a syntax error at the same
// line and column. toml++ 3.3 takes some for spaces, and its test for spaces
// is undefined for others.
std::string ascii_outside_strings(std::string_view text);

}  // namespace hvk
