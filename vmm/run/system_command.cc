// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/system_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/error.h"
#include "base/log.h"
#include "base/mistakes.h"
#include "base/utf8.h"
#include "config/needs_hvk.h"
#include "console/terminal.h"
#include "hv/hypervisor.h"
#include "run/composition.h"
#include "run/session.h"
#include "sysfile/fit_system.h"
#include "sysfile/host_warnings.h"
#include "sysfile/system_file.h"

namespace hvk {
namespace {

// Prints `text` to stdout and returns the exit status. Throws SetupError if stdout cannot be
// written, because of a full disk for example.
int print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) == EOF) throw_errno("stdout");
  return static_cast<int>(ExitStatus::kPowerOff);
}

// Loads each guest as for a start and discards it at once. This finds all mistakes in its files and
// their sizes.
void check_images(const SystemConfig& system, Mistakes& mistakes) {
  Nowhere nowhere;
  for (const GuestConfig& guest : system.guests) {
    try {
      const std::string notice = compose(guest.config, nowhere).machine->notice();
      if (!notice.empty()) log(of_partition(guest.name, notice));
    } catch (const std::runtime_error& error) {
      mistakes.add(guest.line, of_partition(guest.name, error.what()));
    }
  }
}

// Carries out --check: finds all that would prevent the start and can be found without creating a
// VM. Throws SystemFileError, or prints that there are no mistakes.
int check(const SystemConfig& system, const std::string& device) {
  Mistakes mistakes(system.file);
  if (!would_have_hvk_calls(device)) check_without_hvk(system, device, mistakes);
  check_images(system, mistakes);
  mistakes.throw_if_any();
  for (const std::string& warning : host_warnings(system)) log(warning);
  return print(fmt::format("{}: {} partition{}, no mistakes\n", printable(system.file),
                           system.guests.size(), system.guests.size() == 1 ? "" : "s"));
}

// Carries out --make-its: checks the system file and prints the source from which mkimage makes its
// FIT image.
int make_its(const Options& options) {
  return print(its_source(read_system_text(options.system), options.system));
}

// Applies the options to a system that was read from a file or an image, and does what options.act
// says.
int run_read_system(SystemConfig system, const Options& options) {
  apply_options(system, options);
  switch (options.act) {
    case SystemAct::kCheck:
      return check(system, options.config.device);
    case SystemAct::kDump:
      return print(dump_system(system));
    default:
      return run_system(system, options);
  }
}

}  // namespace

int run_system_file(const Options& options) {
  if (options.act == SystemAct::kMakeIts) return make_its(options);
  return run_read_system(read_system(options.system), options);
}

int run_fit(const Options& options) {
  FitSystem read = read_fit_system(options.image, options.key, read_host_facts());
  log(options.image + ": " + read.checked);
  return run_read_system(std::move(read.system), options);
}

}  // namespace hvk
