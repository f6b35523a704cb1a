// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "base/utf8.h"

namespace hvk {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 500ms, kPeriod = 100ms;

bool g_ended = false;

void show(const std::string& text) {
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

Progress::Progress(std::string what, uint64_t total)
    : what_(std::move(what)), total_(total), next_(Clock::now() + kPatience) {}

Progress::~Progress() {
  if (shown_) show("\r\033[K");
}

void Progress::at(uint64_t done) {
  const auto now = Clock::now();
  if (g_ended || total_ == 0 || now < next_ || !::isatty(STDERR_FILENO)) return;
  next_ = now + kPeriod;
  shown_ = true;
  show(fmt::format("\rhvk-run: {}: {} %\033[K", printable(what_), done * 100 / total_));
}

void Progress::end() { g_ended = true; }

}  // namespace hvk
