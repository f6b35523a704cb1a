// SPDX-License-Identifier: GPL-2.0-or-later
// The command line of hvk-run.
#pragma once

#include <optional>
#include <string>

#include "config/options.h"

namespace hvk {

// The result of parsing: `options`, or else the text to print and the exit status.
struct ParsedOptions {
  std::optional<Options> options;
  ExitStatus status = ExitStatus::kPowerOff;
  std::string out;  // for stdout
  std::string err;  // for stderr
};

// Parses the command line and checks all that can be checked without opening a
// file. Mistakes are returned as text and status; it throws only for lack of
// memory.
ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace hvk
