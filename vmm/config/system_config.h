// SPDX-License-Identifier: GPL-2.0-or-later
// The configuration of a system of partitions: the parsed content of a --system file. Each `line`
// is the line of SystemConfig::file at which that item is defined, for messages.
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
  std::string path;  // for kFile and kUnix
};

struct RestartConfig {
  enum class When { kNever, kOnCrash, kAlways };
  When when = When::kNever;
  unsigned limit = 3;  // for kOnCrash: the most restarts after crashes
};

// One partition or Linux guest. Other structures refer to it by its index in SystemConfig::guests.
struct GuestConfig {
  std::string name;                 // [a-z0-9_-], at most 31 characters
  Config config;                    // what hvk-run's options describe for a single guest
  std::vector<unsigned> host_cpus;  // the host CPU of each vCPU; empty: any CPU
  RestartConfig restart;
  ConsoleConfig console;
  bool start = true;  // if false, the guest is created but not started
  uint32_t line = 0;
  uint32_t memory_line = 0;  // line of the key "memory", or of the partition if it is not given
};

// A window of the major frame, in which `guest` runs on host CPU `cpu`. `offset_ns` counts from the
// start of the frame.
struct WindowConfig {
  size_t guest = 0;
  unsigned cpu = 0;
  uint64_t offset_ns = 0;
  uint64_t length_ns = 0;
};

// An event channel from one guest to another. Guests know it by its index in
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
  uint64_t ipa = 0;   // the same in all guests that have access
  uint64_t size = 0;  // bytes, a multiple of 4096
  bool cached = true;
  std::vector<Access> access;
  uint32_t line = 0;
};

struct SystemConfig {
  std::string file;  // the file that it was read from
  std::string name;
  uint64_t grace_ns = Grace::kDefaultNs;  // the grace after a SIGTERM (config/grace.h)
  std::vector<GuestConfig> guests;
  std::optional<uint64_t> frame_ns;  // length of the major frame; nothing: no schedule
  uint32_t schedule_line = 0;
  std::vector<WindowConfig> windows;  // sorted by CPU, then by offset
  std::vector<ChannelConfig> channels;
  std::vector<SharedConfig> shared;
};

}  // namespace hvk
