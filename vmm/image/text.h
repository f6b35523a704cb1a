// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a file is text, which no guest runs.
#pragma once

#include "image/bytes.h"

namespace hvk::image {

// Whether the file's beginning (4 KiB) is what an editor shows: UTF-8 without control
// characters but for white space and escape. False for an empty one. A program's
// instructions are not: their zeroes alone are none of it.
bool is_text(Bytes file);

// Whether the first line is.
bool begins_with_text_line(Bytes file);

// Of a text: whether its first line that is no comment is one of TOML, a section or a key with
// a value.
bool is_toml(Bytes text);

}  // namespace hvk::image
