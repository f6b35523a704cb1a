// SPDX-License-Identifier: GPL-2.0-or-later
// Messages for the person at the terminal: stderr, one line each.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

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

// Prints each message of one guest once, even if the guest was restarted in between.
class OnceLog {
 public:
  // `label` stands before each line: "linux: ", or nothing.
  explicit OnceLog(std::string label) : label_(std::move(label)) {}

  // Prints `line` by log(), unless it was printed before or kMost others were. Any thread.
  void say(const std::string& line) noexcept;

 private:
  static constexpr size_t kMost = 64;  // a guest may have a new one after each of its resets

  const std::string label_;
  std::mutex mutex_;
  std::set<std::string> said_;
};

}  // namespace hvk
