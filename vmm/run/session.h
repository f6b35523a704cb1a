// SPDX-License-Identifier: GPL-2.0-or-later
// One session of hvk-run: connects the user, the signals and the control socket
// with one guest or a system of guests.
#pragma once

#include "config/options.h"
#include "config/system_config.h"

namespace hvk {

// While they run, both functions take over the process's signals and its terminal.
// They are to be called while the process has no other thread. They throw
// SetupError or ImageError.

// Runs the guest of options.config until it ends, or with dump_dtb only writes its device tree.
// Returns the exit status (options.h).
int run_session(const Options& options);

// Runs `system`, to which apply_options() has applied `options`, until all its
// guests have ended; prints the closing report and returns the exit status.
int run_system(const SystemConfig& system, const Options& options);

}  // namespace hvk
