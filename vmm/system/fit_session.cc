// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/fit_session.h"

#include "vmm/error.h"

namespace hvk {

int run_fit(const Options& options) {
  throw SetupError(options.image, "this hvk-run does not read FIT images yet",
                   "give the system's file with --system");
}

int make_its(const Options&) {
  throw SetupError("--make-its", "this hvk-run does not make FIT images yet");
}

}  // namespace hvk
