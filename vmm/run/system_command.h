// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --system FILE.toml and hvk-run FILE.itb: what is to be done with the system.
#pragma once

#include "config/options.h"

namespace hvk {

// Reads options.system and does what options.act says. Returns the exit
// status. Throws SystemFileError, SetupError, ImageError.
int run_system_file(const Options& options);

// The same for the FIT image options.image: checks its digests, and with
// options.key its signature, and reads the system in it.
int run_fit(const Options& options);

}  // namespace hvk
