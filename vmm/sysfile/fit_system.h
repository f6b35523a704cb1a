// SPDX-License-Identifier: GPL-2.0-or-later
// Systems in FIT images: reads a system from such an image, and writes the source
// from which mkimage makes one.
#pragma once

#include <string>
#include <string_view>

#include "config/system_config.h"
#include "host/host_facts.h"

namespace hvk {

struct FitSystem {
  SystemConfig system;  // its guests' files are read from the image's parts
  std::string checked;  // what was checked, as a message for the user
};

// Checks the digests of the FIT image in the file `image` and, unless `key` is
// empty, its signature with the public key in the file `key`; then reads the
// system from it. Throws SetupError, SystemFileError.
FitSystem read_fit_system(const std::string& image, const std::string& key, const HostFacts& host);

// Returns the source (.its) from which mkimage makes the image of a system.
// `text` is the content of the system file `name`. The images that it names must
// exist; relative names count from the folder of `name`. Throws SystemFileError,
// SetupError.
std::string its_source(std::string_view text, const std::string& name);

}  // namespace hvk
