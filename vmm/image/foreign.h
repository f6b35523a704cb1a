// SPDX-License-Identifier: GPL-2.0-or-later
// Recognises, by their first bytes, files that are not a kernel that can be loaded, and says what
// each is and what to do with it.
#pragma once

#include <string>

#include "image/bytes.h"

namespace hvk::image {

struct Foreign {
  const char* what;    // "a tar archive"
  const char* remedy;  // the command that makes a usable file of FILE, or the option for it
};

// Returns what the file is, or null if it is of none of these kinds. The caller must have excluded
// the formats that hvk-run loads or unpacks, since some of them match a row too.
const Foreign* find_foreign(Bytes file);

// Returns "WHAT; REMEDY" for a message.
std::string describe(const Foreign& foreign);

}  // namespace hvk::image
