// SPDX-License-Identifier: GPL-2.0-only
// hvk-run --system FILE.toml: what is to be done with the file.
#pragma once

#include "cli/options.h"
#include "config/system_config.h"

namespace hvk {

// Reads options.system and does what options.act says. Returns the exit
// status. Throws SystemFileError, SetupError, ImageError.
int run_system_file(const Options& options);

// The same for a system that was read, wherever that was: applies the options
// and checks, dumps or runs it.
int run_read_system(SystemConfig system, const Options& options);

}  // namespace hvk
