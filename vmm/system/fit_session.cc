// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/fit_session.h"

#include <cstdio>

#include "vmm/error.h"
#include "vmm/log.h"
#include "vmm/system/fit_system.h"
#include "vmm/system/system_command.h"
#include "vmm/system/system_file.h"

namespace hvk {

int run_fit(const Options& options) {
  FitSystem read = read_fit_system(options.image, options.key, read_host_facts());
  log(options.image + ": " + read.checked);
  return run_read_system(std::move(read.system), options);
}

int make_its(const Options& options) {
  const std::string source = its_source(read_system_text(options.system), options.system);
  if (std::fputs(source.c_str(), stdout) == EOF || std::fflush(stdout) == EOF) {
    throw_errno("stdout");
  }
  return static_cast<int>(ExitStatus::kPowerOff);
}

}  // namespace hvk
