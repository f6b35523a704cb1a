// SPDX-License-Identifier: GPL-2.0-or-later
// Files that are known by their first bytes and are no kernel that can be loaded: what each
// is, and what to do with it.
#pragma once

#include <string>

#include "image/bytes.h"

namespace hvk::image {

struct Foreign {
  const char* what;    // "a tar archive"
  const char* remedy;  // the command that makes a usable file of FILE, or the option that takes it
};

// Null if nothing is known of the file. What hvk-run loads or unpacks is asked for before.
const Foreign* find_foreign(Bytes file);

// "WHAT; REMEDY"
std::string describe(const Foreign& foreign);

}  // namespace hvk::image
