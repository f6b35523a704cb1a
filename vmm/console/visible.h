// SPDX-License-Identifier: GPL-2.0-or-later
// Text that a guest made, for a terminal that others' text is on.
#pragma once

#include <string>
#include <string_view>

namespace hvk {

// `text` with everything in it as an escape ("\x1b") that is not a printable
// character of UTF-8 or a tab: control characters in one byte or two (U+0080 to
// U+009F, which terminals obey too), those that turn the direction of writing, and
// bytes that are not UTF-8, which terminals of other settings obey.
std::string visible(std::string_view text);

}  // namespace hvk
