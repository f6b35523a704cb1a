// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/system_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "vmm/error.h"
#include "vmm/session.h"
#include "vmm/system/fit_session.h"
#include "vmm/system/system_file.h"

namespace hvk {
namespace {

// To stdout, where a full disk is an error.
int print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) == EOF) throw_errno("stdout");
  return static_cast<int>(ExitStatus::kPowerOff);
}

}  // namespace

int run_system_file(const Options& options) {
  if (options.act == SystemAct::kMakeIts) return make_its(options);
  return run_read_system(read_system(options.system), options);
}

int run_read_system(SystemConfig system, const Options& options) {
  apply_options(system, options);
  switch (options.act) {
    case SystemAct::kCheck:
      return print(fmt::format("{}: {} partition{}, no mistakes\n", system.file,
                               system.guests.size(), system.guests.size() == 1 ? "" : "s"));
    case SystemAct::kDump:
      return print(dump_system(system));
    default:
      return run_system(system, options);
  }
}

}  // namespace hvk
