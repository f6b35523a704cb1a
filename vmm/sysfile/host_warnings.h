// SPDX-License-Identifier: GPL-2.0-or-later
// Warnings about host settings that impair the timing of windows.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/system_config.h"

namespace hvk {

// Returns the warnings, one line each, with remedies; none for a system without windows. Reads
// /proc and /sys below `root`.
std::vector<std::string> host_warnings(const SystemConfig& system,
                                       const std::filesystem::path& root = "/");

}  // namespace hvk
