// SPDX-License-Identifier: GPL-2.0-or-later
// What a system of partitions is to be: the content of a --system file, understood. Lines are those
// of SystemConfig::file where a part stands, for messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/grace.h"

namespace hvk {

// Where a guest's console goes.
struct ConsoleConfig {
  enum class Kind { kTerminal, kFile, kPty, kUnix, kNone };
  Kind kind = Kind::kTerminal;
  std::string path;  // of kFile and kUnix
};

struct RestartConfig {
  enum class When { kNever, kOnCrash, kAlways };
  When when = When::kNever;
  unsigned limit = 3;  // restarts after a crash; of kOnCrash
};

// One partition or Linux guest. It is called by its place in SystemConfig::guests.
struct GuestConfig {
  std::string name;                 // [a-z0-9_-], at most 31 characters
  Config config;                    // as hvk-run's options say it for a single guest
  std::vector<unsigned> host_cpus;  // for each vCPU the host's CPU; empty: any
  RestartConfig restart;
  ConsoleConfig console;
  bool start = true;  // else it is created stopped
  uint32_t line = 0;
  uint32_t memory_line = 0;  // of its key, or of the partition if it has none
};

// A window of the major frame: guest, host CPU, times in ns.
struct WindowConfig {
  size_t guest = 0;
  unsigned cpu = 0;
  uint64_t offset_ns = 0;
  uint64_t length_ns = 0;
};

// An event channel from one guest to another. Its number is its place in
// SystemConfig::channels.
struct ChannelConfig {
  std::string name;
  size_t from = 0;
  size_t to = 0;
  uint32_t line = 0;
};

struct SharedConfig {
  struct Access {
    size_t guest = 0;
    bool write = false;
  };
  std::string name;
  uint64_t ipa = 0;   // the same for all who see it
  uint64_t size = 0;  // bytes, a multiple of 4096
  bool cached = true;
  std::vector<Access> access;
  uint32_t line = 0;
};

struct SystemConfig {
  std::string file;  // where it was read
  std::string name;
  uint64_t grace_ns = Grace::kDefaultNs;  // what a SIGTERM leaves guests
  std::vector<GuestConfig> guests;
  std::optional<uint64_t> frame_ns;  // major frame
  uint32_t schedule_line = 0;
  std::vector<WindowConfig> windows;  // by CPU and offset
  std::vector<ChannelConfig> channels;
  std::vector<SharedConfig> shared;
};

}  // namespace hvk
