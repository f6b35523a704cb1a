// SPDX-License-Identifier: GPL-2.0-or-later
// The command line of hvk-run.
#pragma once

#include <optional>
#include <string>

#include "config/options.h"

namespace hvk {

// Either `options`, or what to print and the status to end with.
struct ParsedOptions {
  std::optional<Options> options;
  ExitStatus status = ExitStatus::kPowerOff;
  std::string out;  // for stdout
  std::string err;  // for stderr
};

// Reads the command line and checks what can be checked without touching a
// file. Does not throw but for lack of memory.
ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace hvk
