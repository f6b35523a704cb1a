// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a system file, TOML, into a SystemConfig, or finds all its mistakes.
// docs/system-file.md describes the keys.
#pragma once

#include <string>
#include <string_view>

#include "base/mistakes.h"
#include "config/options.h"
#include "config/system_config.h"
#include "host/host_facts.h"
#include "sysfile/file_checker.h"

namespace hvk {

// Parses and checks a system's TOML. `name` is the name of the file, for
// messages; relative paths of consoles count from its folder. `images` is called
// for each image that `text` names. Throws SystemFileError with all mistakes.
SystemConfig parse_system(std::string_view text, const std::string& name, const FileChecker& images,
                          const HostFacts& host);

// Returns a checker for images in the file system. Relative names count from the
// folder of the system file `name`; FoundFile::name is the absolute path.
FileChecker images_beside(const std::string& name);

// Returns the content of a system file. Throws SetupError if it cannot be read, and UsageError if
// it is a known binary format instead.
std::string read_system_text(const std::string& file);

// Reads `file` and parses it with the facts of this host. Throws what read_system_text() and
// parse_system() throw.
SystemConfig read_system(const std::string& file);

// Overrides values of `system` by those of the command line: consoles, grace,
// device, verbosity. Throws UsageError if an option contradicts the system.
void apply_options(SystemConfig& system, const Options& options);

// Returns a TOML text that parse_system() reads as `system`. Values that a file
// may leave to a default are written out.
std::string dump_system(const SystemConfig& system);

}  // namespace hvk
