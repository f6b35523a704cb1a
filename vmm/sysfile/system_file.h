// SPDX-License-Identifier: GPL-2.0-only
// The system file: TOML in, SystemConfig out, or all that is wrong with it.
// docs/system-file.md has the keys.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "config/system_config.h"
#include "host/host_facts.h"

namespace hvk {

// All mistakes of a file; what() has them one a line.
class SystemFileError : public std::runtime_error {
 public:
  // Each "FILE:LINE: what is wrong, what was expected; remedy".
  explicit SystemFileError(std::vector<std::string> mistakes);
  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  std::vector<std::string> mistakes_;
};

// Where the images that a system file names are.
struct FoundFile {
  std::string name;  // what Config is to call it
  std::string why;   // it is not to be had; empty: it is there
};
using FileChecker = std::function<FoundFile(const std::string& name)>;

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
