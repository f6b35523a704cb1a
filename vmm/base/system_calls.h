// SPDX-License-Identifier: GPL-2.0-or-later
// The system calls that threads need once the guests run, as data.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hvk::sandbox {

// One of several conditions on one argument: (argument & mask) == value.
struct Argument {
  unsigned index;
  uint64_t mask, value;
};

struct SystemCall {
  const char* name;
  unsigned kinds;  // a bit for each ThreadKind that may make it
  // It is allowed if one of these holds, or always if there is none.
  std::vector<Argument> arguments = {};
  // An errno: the call is answered by it, and not made.
  int refusal = 0;
  // Only for those who have a socket to connect to again.
  bool connecting = false;
};

std::span<const SystemCall> system_calls();

}  // namespace hvk::sandbox
