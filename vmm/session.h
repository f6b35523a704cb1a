// SPDX-License-Identifier: GPL-2.0-only
// One run of hvk-run: the person and the signals on one side, a machine, and
// after each reset the next one, on the other.
#pragma once

#include "vmm/config.h"

namespace hvk {

// Runs the guest to its end and returns the exit status (options.h). Takes
// over the process's signals and the terminal meanwhile. To be called from the
// process's only thread. Throws SetupError or ImageError.
int run_session(const Config& config);

}  // namespace hvk
