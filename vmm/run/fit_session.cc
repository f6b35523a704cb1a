// SPDX-License-Identifier: GPL-2.0-only
#include "run/fit_session.h"

#include <cstdio>

#include "base/error.h"
#include "base/log.h"
#include "run/system_command.h"
#include "sysfile/fit_system.h"
#include "sysfile/system_file.h"

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
