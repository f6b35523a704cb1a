// SPDX-License-Identifier: GPL-2.0-or-later
// The system file: TOML in, SystemConfig out, or all that is wrong with it.
// docs/system-file.md has the keys.
#pragma once

#include <string>
#include <string_view>

#include "base/mistakes.h"
#include "config/options.h"
#include "config/system_config.h"
#include "host/host_facts.h"
#include "sysfile/file_checker.h"

namespace hvk {

// Reads and checks a system's TOML. `name` is the file's, for messages; paths
// of consoles count from its folder. `images` looks for each image that is
// named. Throws SystemFileError.
SystemConfig parse_system(std::string_view text, const std::string& name, const FileChecker& images,
                          const HostFacts& host);

// Images that are files, named from the folder of the system file `name`; they
// are then called by their absolute path.
FileChecker images_beside(const std::string& name);

// The content of a system file. Throws SetupError if it cannot be read.
std::string read_system_text(const std::string& file);

// parse_system() of a file and of this host. Throws SetupError if it cannot be read.
SystemConfig read_system(const std::string& file);

// What the command line says of a system goes before its file: consoles,
// device, verbosity. Throws SetupError for what contradicts the system.
void apply_options(SystemConfig& system, const Options& options);

// A TOML text that parse_system() understands as `system`, with everything
// spelt out that a file may leave to a default.
std::string dump_system(const SystemConfig& system);

}  // namespace hvk
