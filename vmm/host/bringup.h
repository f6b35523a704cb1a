// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --doctor --bringup: the first steps on hardware on which nobody has tried hvk. Walks the
// ladder of a module that was loaded with take_only, rung by rung, and ends with a text to report.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/doctor.h"

namespace hvk {

// The content of /sys/kernel/debug/hvk/bringup: the ladder's rungs, and the last rung's result.
struct LadderState {
  std::vector<std::string> rungs;
  std::string cpu;
  std::string result;  // "none", "passed", "failed", "busy", "lost"
  std::string rung, midr, microseconds, stage, esr, elr, says;
};

// Parses lines of the form "name: value". Unknown names are ignored, and a field whose line is
// absent stays empty.
LadderState parse_ladder(std::string_view text);

// How the walk uses that file: `read` returns its content, or nothing; `climb` writes a rung's name
// to it, so that the module tries the rung, and returns 0 or errno.
struct LadderFile {
  std::function<std::optional<std::string>()> read;
  std::function<int(const std::string& rung)> climb;
};

// Returns what prevents the walk on the host whose files are under `root`, as a finding with its
// remedy; nothing if the ladder's file is there. `superuser` says whether the caller is root.
std::optional<Finding> ladder_obstacle(const std::filesystem::path& root, bool superuser);

// Tries the rungs in order until one does not pass. `say` is called with text that it has to print
// at once: a rung before it is tried, then its result, at last the report. `facts` are lines about
// the host for the report. Returns the exit status: 0 if every rung passed, else 1.
int walk_ladder(const LadderFile& file, const std::vector<std::string>& facts,
                const std::function<void(std::string_view)>& say);

// Does the walk on this machine and prints to stdout. Returns the exit status.
int run_bringup();

}  // namespace hvk
