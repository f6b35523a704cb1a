// SPDX-License-Identifier: GPL-2.0-or-later
// The commands about a system, hvk-run --system FILE.toml and hvk-run FILE.itb: run it, check it,
// or print it.
#pragma once

#include "config/options.h"

namespace hvk {

// Reads the system file options.system and does what options.act says. Returns
// the exit status. Throws SystemFileError, SetupError, ImageError.
int run_system_file(const Options& options);

// The same for the system in the FIT image options.image, whose digests are
// checked first, and its signature too if options.key is given.
int run_fit(const Options& options);

}  // namespace hvk
