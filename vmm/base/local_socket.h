// SPDX-License-Identifier: GPL-2.0-or-later
// Unix sockets by path.
#pragma once

#include <string>

#include "base/fd.h"

namespace hvk {

// Listens there, non-blocking, for this user alone (mode 0600). A socket that
// a dead process left is replaced; one that somebody answers, or another kind
// of file, is an error. Throws SetupError naming `what`.
Fd listen_at(const std::string& what, const std::string& path);

// A connection, blocking. Throws SetupError naming `what`.
Fd connect_to(const std::string& what, const std::string& path);

}  // namespace hvk
