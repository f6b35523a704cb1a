// SPDX-License-Identifier: GPL-2.0-or-later
// What hvk-run was told to do: its command line, understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/system_config.h"

namespace hvk {

// Exit statuses, as --help lists them. A signal n that ended hvk-run makes
// it 128 + n.
enum class ExitStatus : int {
  kPowerOff = 0,
  kHostFailure = 1,
  kUsage = 2,
  kGuestCrash = 3,
  kReset = 4,
};

// What to do with a system.
enum class SystemAct { kRun, kCheck, kDump, kMakeIts };

struct ConsoleOption {
  std::string guest;  // its name
  ConsoleConfig console;
};

// Without `system`, `image` and `ask` it is about the one guest of `config`;
// with `system` or `image`, of `config` only `device` and `verbose` count.
struct Options {
  Config config;
  bool doctor = false;
  bool bringup = false;  // of the doctor's: walk the ladder
  std::string system;    // FILE.toml
  std::string image;     // FILE.itb
  std::string key;       // PUBLIC.pem, for the image
  SystemAct act = SystemAct::kRun;
  std::vector<ConsoleOption> consoles;
  std::string control;               // path of a socket
  std::string ask;                   // a question to the system that has it
  std::string trace;                 // file for the schedule as it ran
  uint64_t frames = 0;               // major frames until the end; 0: no such end
  std::optional<uint64_t> grace_ns;  // of a SIGTERM; nothing: as it comes, or the file says
  // The system's time before each line on the terminal.
  bool timestamps = false;
};

}  // namespace hvk
