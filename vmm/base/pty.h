// SPDX-License-Identifier: GPL-2.0-or-later
// A pseudo-terminal in raw mode.
#pragma once

#include <string>

#include "base/fd.h"

namespace hvk {

struct Pty {
  Fd master;         // non-blocking
  Fd slave;          // to be kept open, so that the terminal lives on when a reader closes it
  std::string name;  // "/dev/pts/3"
};

// Makes one that only this user reaches, whose echo and line editing are the other end's. Throws
// SetupError, whose message begins with `what`.
Pty open_pty(const std::string& what);

}  // namespace hvk
