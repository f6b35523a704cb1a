// SPDX-License-Identifier: GPL-2.0-or-later
// What can be wrong with a guest's configuration, whoever asked for it: the
// command line or a system file.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace hvk {

// GICv2 has eight CPU interfaces (IHI 0048 1.3).
inline constexpr unsigned kMaxCpus = 8;

struct ConfigMistake {
  std::string key;   // that it is about: "memory"; empty: about what is not there
  std::string text;  // "--memory must be 64K to 1023G, in multiples of 4K"
};

// All mistakes that show without touching a file. `dashes` is what stands
// before a key where the person wrote it: "--" or nothing.
std::vector<ConfigMistake> check_config(const Config& config, const std::string& dashes);

}  // namespace hvk
