// SPDX-License-Identifier: GPL-2.0-only
// One run of a system of partitions.
#pragma once

#include "vmm/options.h"
#include "vmm/system/system_config.h"

namespace hvk {

// Runs `system`, to which the options were already applied, to its end, prints
// the closing report and returns the exit status. To be called from the
// process's only thread. Throws SetupError or ImageError.
int run_system(const SystemConfig& system, const Options& options);

}  // namespace hvk
