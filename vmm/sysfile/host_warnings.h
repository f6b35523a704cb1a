// SPDX-License-Identifier: GPL-2.0-or-later
// What a host lacks to keep windows well, and how to get it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/system_config.h"

namespace hvk {

// A line each; none for a system without windows. Reads /sys below `root`.
std::vector<std::string> host_warnings(const SystemConfig& system,
                                       const std::filesystem::path& root = "/");

}  // namespace hvk
