// SPDX-License-Identifier: GPL-2.0-only
// The command line of hvk-run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vmm/config.h"

namespace hvk {

// Exit statuses, as --help lists them. A signal n that ended hvk-run makes
// it 128 + n.
enum class ExitStatus : int {
  kPowerOff = 0,
  kHostFailure = 1,
  kUsage = 2,
  kGuestCrash = 3,
  kReset = 4,
};

struct Options {
  Config config;
  bool doctor = false;
};

// Either `options`, or what to print and the status to end with.
struct ParsedOptions {
  std::optional<Options> options;
  ExitStatus status = ExitStatus::kPowerOff;
  std::string out;  // for stdout
  std::string err;  // for stderr
};

// Reads the command line and checks what can be checked without touching a
// file. Does not throw but for lack of memory.
ParsedOptions parse_options(int argc, const char* const* argv);

// "256" is MiB; suffixes K, M and G, in either case, are powers of 1024. The
// size in bytes, or nothing for anything else, zero and overflow included.
std::optional<uint64_t> parse_size(std::string_view text);

// "31.5 MiB", "64 KiB", "100 bytes": for messages.
std::string format_size(uint64_t bytes);

}  // namespace hvk
