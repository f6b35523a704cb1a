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

void OnceLog::say(const std::string& line) noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      if (said_.size() == kMost || !said_.insert(line).second) return;
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
