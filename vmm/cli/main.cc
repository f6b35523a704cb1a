// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run: runs one guest under hvk or KVM, or a system of partitions.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "base/error.h"
#include "base/log.h"
#include "cli/command_line.h"
#include "control/control_client.h"
#include "control/top.h"
#include "host/bringup.h"
#include "host/doctor.h"
#include "run/session.h"
#include "run/system_command.h"
#include "sysfile/system_file.h"

namespace {

// The caller may have started this process with stdin, stdout or stderr closed. The next files to
// be opened would get these descriptors, and console output could then end up in them. So each
// closed descriptor is opened on /dev/null in the wrong direction, so that its use fails.
void keep_standard_files_apart() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) == -1) {
      ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // gets the lowest free one
    }
  }
}

int run(const hvk::Options& options) {
  if (options.doctor) return options.bringup ? hvk::run_bringup() : hvk::run_doctor();
  if (options.ask == "top") return hvk::run_top(options.control);
  if (!options.ask.empty()) return hvk::ask_system(options.control, options.ask);
  if (!options.image.empty()) return hvk::run_fit(options);
  if (!options.system.empty()) return hvk::run_system_file(options);
  return hvk::run_session(options);
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_files_apart();
  try {
    const hvk::ParsedOptions parsed = hvk::parse_options(argc, argv);
    if (!parsed.options) {
      std::fputs(parsed.out.c_str(), stdout);
      std::fputs(parsed.err.c_str(), stderr);
      return static_cast<int>(parsed.status);
    }
    return run(*parsed.options);
  } catch (const hvk::SystemFileError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(hvk::ExitStatus::kUsage);
  } catch (const hvk::UsageError& error) {
    hvk::log(error.what());
    return static_cast<int>(hvk::ExitStatus::kUsage);
  } catch (const std::exception& error) {
    hvk::log(error.what());
    return static_cast<int>(hvk::ExitStatus::kHostFailure);
  }
}
