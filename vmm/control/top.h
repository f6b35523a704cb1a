// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --control unix=PATH --ask top: what the guests of a running system do, live.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hvk {

// What two answers to "status" that are `seconds` apart say, as a table of lines that have at most
// `width` characters. Throws nlohmann::json::exception if one of them is no such answer.
std::string top_table(const nlohmann::json& before, const nlohmann::json& now, double seconds,
                      unsigned width);

// Shows that table on the terminal, anew each second, until the person types q or the system ends;
// where stdout is no terminal, once. Returns the exit status. Throws SetupError if there is no
// system at `path`.
int run_top(const std::string& path);

}  // namespace hvk
