// SPDX-License-Identifier: GPL-2.0-or-later
// Messages for the person at the terminal: stderr, one line each.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace hvk {

// Writes "hvk-run: LINE\n" to stderr in one write, so that lines of several threads do not mix, and
// printable but for line feeds. A line that cannot be written is lost. Any thread.
void log(std::string_view line) noexcept;

// Allows one message a second, so that a guest cannot flood the log.
class LogLimit {
 public:
  // Returns whether to print a message now. If so, `suppressed` becomes the number of messages that
  // were refused since the last one that was allowed. Any thread.
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

  // Prints `line` by log(), unless it was printed before, or kMostOfAKind that differ from it only
  // in their numbers. So a guest that brings new numbers with each reset silences no other kind of
  // lines. Any thread.
  void say(const std::string& line) noexcept;

 private:
  static constexpr size_t kMostKinds = 256, kMostOfAKind = 16;

  const std::string label_;
  std::mutex mutex_;
  std::map<std::string, std::set<std::string>> said_;  // lines by their kind
};

}  // namespace hvk
