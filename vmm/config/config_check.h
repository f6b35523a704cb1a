// SPDX-License-Identifier: GPL-2.0-or-later
// Checks a guest's configuration by the rules that hold for the command line
// and for a system file alike.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace hvk {

// GICv2 has eight CPU interfaces (IHI 0048 1.3).
inline constexpr unsigned kMaxCpus = 8;

struct ConfigMistake {
  std::string key;   // the key at fault: "memory"; empty if the fault is that keys are missing
  std::string text;  // "--memory must be 64K to 1023G, in multiples of 4K"
};

// Returns all mistakes that can be found without reading a file. `dashes` is
// the prefix of a key where the user wrote it: "--" on the command line, empty
// in a system file.
std::vector<ConfigMistake> check_config(const Config& config, const std::string& dashes);

}  // namespace hvk
