// SPDX-License-Identifier: GPL-2.0-or-later
// One run of hvk-run: the person, the signals and the control socket on one
// side, one guest or a system of them on the other.
#pragma once

#include "config/options.h"
#include "config/system_config.h"

namespace hvk {

// Both take over the process's signals and the terminal meanwhile, and are to
// be called from the process's only thread. They throw SetupError or
// ImageError.

// Runs the guest of options.config to its end and returns the exit status (options.h).
int run_session(const Options& options);

// Runs `system`, to which the options were already applied, to its end, prints
// the closing report and returns the exit status.
int run_system(const SystemConfig& system, const Options& options);

}  // namespace hvk
