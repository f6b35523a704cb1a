// SPDX-License-Identifier: GPL-2.0-or-later
// A system as a FIT image: out of one, and the source to make one from.
#pragma once

#include <string>
#include <string_view>

#include "config/system_config.h"
#include "host/host_facts.h"

namespace hvk {

struct FitSystem {
  SystemConfig system;  // its guests' files are the image's parts
  std::string checked;  // what was checked, in words
};

// Reads the system in the FIT image `image`, once its digests are known to be
// good and, unless `key` is empty, its signature to be that of the public key
// in that file. Throws SetupError, SystemFileError.
FitSystem read_fit_system(const std::string& image, const std::string& key, const HostFacts& host);

// The source (.its) from which mkimage makes the image of a system: `text` is
// the content of its file `name`, beside which, or where it says, all its
// images have to be. Throws SystemFileError, SetupError.
std::string its_source(std::string_view text, const std::string& name);

}  // namespace hvk
