// SPDX-License-Identifier: GPL-2.0-only
// Messages for the person at the terminal: stderr, one line each.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace hvk {

// Writes "hvk-run: LINE\n" to stderr in one write, so that lines of several
// threads do not mix. Never throws; any thread.
void log(std::string_view line) noexcept;

// Lets one message a second through, so that a guest cannot flood the log.
class LogLimit {
 public:
  // Whether to print now. If so, `suppressed` is how many were held back since
  // the last one that was let through. Any thread.
  bool allow(uint64_t& suppressed,
             std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

 private:
  std::atomic<int64_t> next_{INT64_MIN};
  std::atomic<uint64_t> held_{0};
};

}  // namespace hvk
