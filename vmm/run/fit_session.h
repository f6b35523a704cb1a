// SPDX-License-Identifier: GPL-2.0-only
// Systems that are shipped as a FIT image.
#pragma once

#include "cli/options.h"

namespace hvk {

// hvk-run FILE.itb (options.image): checks the image's digests, and with
// options.key its signature, reads the system in it, and does what
// options.act says. Returns the exit status. Throws SetupError, ImageError,
// SystemFileError.
int run_fit(const Options& options);

// hvk-run --system FILE.toml --make-its: checks the system, which names files
// beside it, and writes the source from which mkimage makes its image to
// stdout. Returns the exit status. Throws SetupError, SystemFileError.
int make_its(const Options& options);

}  // namespace hvk
