// SPDX-License-Identifier: GPL-2.0-or-later
// Recognises text, which no guest can run.
#pragma once

#include "image/bytes.h"

namespace hvk::image {

// Whether the first 4 KiB of the file are text: UTF-8 without control characters other than white
// space and escape. False for an empty file. A program is not text, if only because it has zero
// bytes.
bool is_text(Bytes file);

// Whether the file's first line, or the first 256 bytes of it, is text in that sense and not empty.
bool begins_with_text_line(Bytes file);

// Whether the first line of `text` that is neither empty nor a comment is a line of TOML: a
// section, or a key with a value.
bool is_toml(Bytes text);

}  // namespace hvk::image
