// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the sections of a system file into the corresponding parts of
// SystemConfig.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sysfile/file_checker.h"
#include "sysfile/system_rules.h"
#include "sysfile/table_reader.h"

namespace hvk {

class SystemReader {
 public:
  // `name` is the name of the system file.
  SystemReader(const std::string& name, const FileChecker& images, Mistakes& mistakes);

  // Fills `system` and `lines`. To be called once. Values with mistakes are left
  // out or keep their defaults.
  void read(const toml::table& root);

  SystemConfig system;
  SystemLines lines;

 private:
  void read_guest(const toml::table& table);
  void read_restart(TableReader& reader, RestartConfig& restart);
  void read_console(TableReader& reader, ConsoleConfig& console);
  void read_host_cpus(TableReader& reader, unsigned vcpus, std::vector<unsigned>& cpus);
  void read_config(TableReader& reader, Config& config);
  void read_load(TableReader& reader, LoadOptions& load);
  void read_schedule(const toml::table& table);
  void read_window(const toml::table& table);
  void read_channel(const toml::table& table);
  void read_shared(const toml::table& table);
  void read_access(const toml::table& table, SharedConfig& region);

  // Readers for kinds of values that occur in several sections.
  std::string read_name(TableReader& reader);
  std::optional<uint64_t> read_time(TableReader& reader, std::string_view key);
  // Sets `text` to the size as it is written in the file.
  std::optional<uint64_t> read_size(TableReader& reader, std::string_view key, std::string& text);
  std::string read_image(TableReader& reader, std::string_view key);
  std::optional<size_t> read_guest_name(TableReader& reader, std::string_view key);
  std::optional<size_t> find_guest(std::string_view name, const std::string& where, uint32_t line);

  const FileChecker& images_;
  std::filesystem::path folder_;
  Mistakes& mistakes_;
};

}  // namespace hvk
