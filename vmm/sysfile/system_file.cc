// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/system_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "image/image.h"
#include "image/text.h"
#include "sysfile/system_reader.h"
#include "sysfile/toml_text.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;

// Larger than any system file that an author writes.
constexpr uint64_t kMaxFile = 1 << 20;

toml::table parse_toml(std::string_view text, Mistakes& mistakes) {
  try {
    return toml::parse(ascii_toml(text));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    mistakes.add(at.line, fmt::format("not TOML at column {}: {}", at.column, error.description()));
  }
  return {};
}

}  // namespace

SystemConfig parse_system(std::string_view text, const std::string& name, const FileChecker& images,
                          const HostFacts& host) {
  Mistakes mistakes(name);
  const toml::table root = parse_toml(text, mistakes);
  mistakes.throw_if_any();
  SystemReader reader(name, images, mistakes);
  reader.read(root);
  check_system(reader.system, reader.lines, host, mistakes);
  mistakes.throw_if_any();
  return std::move(reader.system);
}

FileChecker images_beside(const std::string& name) {
  const fs::path folder = fs::absolute(name).parent_path();
  return [folder](const std::string& image) -> FoundFile {
    const fs::path path = (folder / image).lexically_normal();
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
      return {path.string(),
              fmt::format("no such file, expected one; names count from {}", folder.string())};
    }
    if (fs::is_directory(status)) return {path.string(), "a folder, expected a file"};
    if (::access(path.c_str(), R_OK) != 0) {
      return {path.string(), "may not be read, expected a file that may"};
    }
    return {path.string(), {}};
  };
}

std::string read_system_text(const std::string& file) {
  const std::vector<std::byte> content =
      read_file("--system", file, kMaxFile, "is it the system's TOML?");
  if (const std::string is = better_use(content, file); !is.empty() && !image::is_text(content)) {
    throw UsageError("--system " + file, "not TOML but " + is);
  }
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

SystemConfig read_system(const std::string& file) {
  return parse_system(read_system_text(file), file, images_beside(file), read_host_facts());
}

void apply_options(SystemConfig& system, const Options& options) {
  for (const ConsoleOption& option : options.consoles) {
    const auto guest =
        std::find_if(system.guests.begin(), system.guests.end(),
                     [&](const GuestConfig& one) { return one.name == option.guest; });
    if (guest == system.guests.end()) {
      std::vector<std::string_view> names;
      for (const GuestConfig& one : system.guests) names.push_back(one.name);
      throw UsageError(fmt::format("--console {}", option.guest),
                       fmt::format("{} has no partition of that name{}", system.file,
                                   did_you_mean(option.guest, names)));
    }
    guest->console = option.console;
  }
  if (!system.frame_ns && (options.frames || !options.trace.empty())) {
    throw UsageError(options.frames ? "--frames" : "--trace",
                     fmt::format("{} has no [schedule]", system.file));
  }
  system.grace_ns = options.grace_ns.value_or(system.grace_ns);
  for (GuestConfig& guest : system.guests) {
    guest.config.device = options.config.device;
    guest.config.verbose = options.config.verbose;
  }
}

}  // namespace hvk
