// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include <unistd.h>

#include "base/utf8.h"

namespace hvk {

void log(std::string_view line) noexcept {
  try {
    std::string text = "hvk-run: ";
    text.append(printable(line, "\n")).push_back('\n');
    // If stderr cannot be written, there is nowhere to report that.
    [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  } catch (...) {
    // Out of memory: the message is lost, the guest runs on.
  }
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == 'x'; }

// `line` with each number replaced by one sign.
std::string kind_of(const std::string& line) {
  std::string kind;
  for (size_t at = 0; at < line.size(); ++at) {
    const bool number = is_digit(line[at]);
    while (number && at + 1 < line.size() && is_hex(line[at + 1])) ++at;
    kind += number ? '#' : line[at];
  }
  return kind;
}

}  // namespace

void OnceLog::say(const std::string& line) noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      const std::string kind = kind_of(line);
      if (said_.size() == kMostKinds && !said_.contains(kind)) return;
      std::set<std::string>& lines = said_[kind];
      if (lines.size() == kMostOfAKind || !lines.insert(line).second) return;
    }
    log(label_ + line);
  } catch (...) {
    // Out of memory, as above.
  }
}

bool LogLimit::allow(uint64_t& suppressed, std::chrono::steady_clock::time_point now) {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  const int64_t t = duration_cast<nanoseconds>(now.time_since_epoch()).count();
  int64_t next = next_.load(std::memory_order_relaxed);
  if (t < next || !next_.compare_exchange_strong(next, t + 1'000'000'000)) {
    held_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  suppressed = held_.exchange(0, std::memory_order_relaxed);
  return true;
}

}  // namespace hvk
