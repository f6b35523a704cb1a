// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --control unix=PATH --ask WORDS: sends one command to a running system.
#pragma once

#include <string>

namespace hvk {

// Sends the command `words` to the control socket at `path` and prints the
// answer; for "events", every event until the system ends. Returns the exit
// status, which is kHostFailure if the answer is an error. Throws SetupError if
// there is no system at `path` or it ends without an answer.
int ask_system(const std::string& path, const std::string& words);

}  // namespace hvk
