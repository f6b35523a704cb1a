// SPDX-License-Identifier: GPL-2.0-or-later
// What hvk-run was told to do: the parsed command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/system_config.h"

namespace hvk {

// The exit statuses that --help lists. If a signal n ends hvk-run, its status
// is 128 + n.
enum class ExitStatus : int {
  kPowerOff = 0,
  kHostFailure = 1,
  kUsage = 2,
  kGuestCrash = 3,
  kReset = 4,
};

// What to do with a system: run it, or --check, --dump, --make-its.
enum class SystemAct { kRun, kCheck, kDump, kMakeIts };

struct ConsoleOption {
  std::string guest;  // name of the guest whose console this is
  ConsoleConfig console;
};

// If `system`, `image` and `ask` are all empty, the options describe the single
// guest in `config`. With `system` or `image`, only `device` and `verbose` of
// `config` are used.
struct Options {
  Config config;
  bool doctor = false;
  bool bringup = false;  // with `doctor`: take EL2 step by step
  std::string system;    // FILE.toml, the system file
  std::string image;     // FILE.itb, the FIT image
  std::string key;       // PUBLIC.pem, to verify the image's signature
  SystemAct act = SystemAct::kRun;
  std::vector<ConsoleOption> consoles;
  std::string control;               // path of the control socket
  std::string ask;                   // command to send to the system that serves `control`
  std::string trace;                 // file to write the trace of the schedule to
  uint64_t frames = 0;               // end after this many major frames; 0: no limit
  std::optional<uint64_t> grace_ns;  // after SIGTERM; nothing: the system file's, or the default
  // Print the system's time before each line on the terminal.
  bool timestamps = false;
  bool sandbox = true;  // give up what is not needed once the guests run
};

}  // namespace hvk
