// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/system_session.h"

#include "vmm/error.h"

namespace hvk {

int run_system(const SystemConfig& system, const Options&) {
  throw SetupError(system.file, "this hvk-run does not run systems yet",
                   "--check and --dump are there");
}

}  // namespace hvk
