// SPDX-License-Identifier: GPL-2.0-or-later
// Makes a guest's text safe for a terminal that shows text of others too.
#pragma once

#include <string>
#include <string_view>

namespace hvk {

// Returns `text` with each byte of what is not printable as an escape ("\x1b"):
// control characters other than tab, U+0080 to U+009F included, which terminals
// obey too; characters that separate lines or change the direction of writing; and
// bytes that are not UTF-8, which terminals with another encoding may obey.
std::string visible(std::string_view text);

}  // namespace hvk
