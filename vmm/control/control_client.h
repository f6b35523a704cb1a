// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --control unix=PATH --ask WORDS: one question to a running system.
#pragma once

#include <string>

namespace hvk {

// Sends `words` to the control socket at `path` and prints the answer. Returns
// the exit status: a host failure for an answer that is an error. Throws
// SetupError if nobody answers.
int ask_system(const std::string& path, const std::string& words);

}  // namespace hvk
