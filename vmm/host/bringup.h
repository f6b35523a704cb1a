// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --doctor --bringup: the first steps on a machine that nobody has
// tried. Walks the ladder of a module that was loaded with take_only, rung by
// rung, and ends with what to report.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/doctor.h"

namespace hvk {

// What /sys/kernel/debug/hvk/bringup says: of the ladder, and of the last rung.
struct LadderState {
  std::vector<std::string> rungs;
  std::string cpu;
  std::string result;  // "none", "passed", "failed", "busy", "lost"
  std::string rung, midr, microseconds, stage, esr, elr, says;
};

// Parses lines of the form "name: value". Names that are not known are ignored, and a field whose
// line is absent stays empty.
LadderState parse_ladder(std::string_view text);

// The file, as the walk uses it. `climb` writes a rung and returns 0 or errno.
struct LadderFile {
  std::function<std::optional<std::string>()> read;
  std::function<int(const std::string& rung)> climb;
};

// What keeps the walk from its beginning on the host under `root`, as a finding
// with its remedy; nothing if the file is there.
std::optional<Finding> ladder_obstacle(const std::filesystem::path& root, bool superuser);

// Climbs each rung until one does not pass. `say` gets what is to be printed at
// once: a rung before it is tried, and its result. `facts` are the host's, for
// the report at the end. Returns the exit status: 0 if every rung passed.
int walk_ladder(const LadderFile& file, const std::vector<std::string>& facts,
                const std::function<void(std::string_view)>& say);

// The walk on this machine.
int run_bringup();

}  // namespace hvk
