// SPDX-License-Identifier: GPL-2.0-or-later
// Unix stream sockets that have a path in the file system.
#pragma once

#include <string>

#include "base/fd.h"

namespace hvk {

// Returns a non-blocking socket that listens at `path`, to which only this user can connect (mode
// 0600). A socket that a dead process left there is replaced; a socket that is in use, or a file of
// another kind, is an error. Throws SetupError, whose message begins with `what`.
Fd listen_at(const std::string& what, const std::string& path);

// As `listen_at`, but returns nothing if somebody else listens there.
Fd try_listen_at(const std::string& what, const std::string& path);

// Returns a blocking connection to the socket at `path`. Throws SetupError, whose message begins
// with `what`.
Fd connect_to(const std::string& what, const std::string& path);

// As `connect_to`, but non-blocking, and nothing if nobody listens there or it cannot be reached;
// errno then says why. Throws SetupError only if `path` cannot name a socket.
Fd try_connect(const std::string& what, const std::string& path);

}  // namespace hvk
