// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/top.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/local_socket.h"
#include "config/options.h"
#include "hv/usage.h"

namespace hvk {
namespace {

using nlohmann::json;

constexpr int kPeriodMs = 1000;
constexpr unsigned kWidth = 100;  // where there is no terminal that has one
// Kinds of exits that are shown by name, the most frequent first.
constexpr size_t kMostKinds = 4;

// "1.2M", at most five characters.
std::string short_number(double value) {
  constexpr std::array<const char*, 5> kUnits = {"", "k", "M", "G", "T"};
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) value /= 1000, ++unit;
  const bool fraction = unit > 0 && value < 9.95;
  return fmt::format("{:.{}f}{}", value, fraction ? 1 : 0, kUnits[unit]);
}

// How fast a number of the status grows, in a second; guests that were not there before began at 0.
double rate(const json& before, const json& now, const char* field, double seconds) {
  const double old = before.value(field, 0.0);
  return std::max(0.0, now.value(field, 0.0) - old) / seconds;
}

const json& guest_of(const json& status, const std::string& name) {
  static const json kNone = json::object();
  for (const json& guest : status.at("partitions")) {
    if (guest.at("name") == name) return guest;
  }
  return kNone;
}

// The kinds of exits that there were, the most frequent first: "mmio-user 1.2k, wfi 90".
std::string exits_of(const json& before, const json& now, double seconds, double& all) {
  std::vector<std::pair<double, const char*>> kinds;
  const json old = before.value("exits", json::object());
  for (const char* kind : kExitKinds) {
    const double n = rate(old, now.at("exits"), kind, seconds);
    all += n;
    if (n >= 0.5) kinds.emplace_back(n, kind);
  }
  std::sort(kinds.begin(), kinds.end(), [](auto& a, auto& b) { return a.first > b.first; });
  std::string text;
  for (size_t i = 0; i < std::min(kMostKinds, kinds.size()); ++i) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kinds[i].second,
                        short_number(kinds[i].first));
  }
  return text;
}

}  // namespace

std::string top_table(const json& before, const json& now, double seconds, unsigned width) {
  std::string table =
      fmt::format("{:<16} {:<8} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7}  {}\n", "guest", "state",
                  "CPU %", "memory", "read", "write", "recv", "send", "exits/s", "most");
  for (const json& guest : now.at("partitions")) {
    const std::string name = guest.at("name");
    const json& old = guest_of(before, name);
    double exits = 0;
    const std::string kinds = exits_of(old, guest, seconds, exits);
    table += fmt::format(
        "{:<16.16} {:<8.8} {:>6.1f} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7}  {}\n", name,
        guest.at("state").get<std::string>(), rate(old, guest, "cpu_ns", seconds) / 1e7,
        short_number(guest.value("resident", 0.0)),
        short_number(rate(old, guest, "disk_read", seconds)),
        short_number(rate(old, guest, "disk_written", seconds)),
        short_number(rate(old, guest, "net_received", seconds)),
        short_number(rate(old, guest, "net_sent", seconds)), short_number(exits), kinds);
  }
  // A line that is too long for the terminal would take two.
  std::string cut;
  for (size_t at = 0; at < table.size();) {
    const size_t end = table.find('\n', at);
    cut += table.substr(at, std::min<size_t>(end - at, width)) + '\n';
    at = end + 1;
  }
  return cut;
}

namespace {

// The terminal without echo and lines, as long as this object lives; on the other screen.
class Screen {
 public:
  Screen() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios raw = before_;
    raw.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    write("\033[?1049h\033[?25l");
  }
  ~Screen() {
    write("\033[?25h\033[?1049l");
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void show(const std::string& text) const { write("\033[H" + text + "\033[J"); }

  static unsigned width() {
    winsize size = {};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kWidth;
  }

 private:
  static void write(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    if (std::fflush(stdout) == EOF) throw_errno("stdout");
  }
  termios before_ = {};
};

class StatusClient {
 public:
  explicit StatusClient(const std::string& path)
      : what_("--control " + path), fd_(connect_to("--control", path)) {}

  // The system's answer, or nothing when it has ended.
  std::optional<json> ask() {
    constexpr std::string_view kAsk = "status\n";
    if (::send(fd_.get(), kAsk.data(), kAsk.size(), MSG_NOSIGNAL) < 0) return std::nullopt;
    std::string text;
    std::array<char, 4096> bytes;
    while (text.empty() || text.back() != '\n') {
      const ssize_t n = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return std::nullopt;
      text.append(bytes.data(), static_cast<size_t>(n));
    }
    try {
      return json::parse(text);
    } catch (const json::exception& error) {
      throw SetupError(what_, error.what());
    }
  }

 private:
  const std::string what_;
  const Fd fd_;
};

// Waits for a second. Returns false if the person wants to quit.
bool wait_for_key() {
  pollfd keys = {STDIN_FILENO, POLLIN, 0};
  if (::poll(&keys, 1, kPeriodMs) <= 0) return true;
  char key = 'q';
  return ::read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

}  // namespace

int run_top(const std::string& path) {
  using Clock = std::chrono::steady_clock;
  StatusClient system(path);
  const bool terminal = ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
  std::optional<Screen> screen;
  if (terminal) screen.emplace();
  Clock::time_point then = Clock::now();
  std::optional<json> before = system.ask();
  while (before) {
    if (!terminal) {
      ::poll(nullptr, 0, kPeriodMs);
    } else if (!wait_for_key()) {
      break;
    }
    std::optional<json> now = system.ask();
    if (!now) break;
    const Clock::time_point time = Clock::now();
    const double seconds = std::chrono::duration<double>(time - then).count();
    const std::string table =
        top_table(*before, *now, seconds, terminal ? Screen::width() : UINT32_MAX);
    if (!terminal) {
      std::fputs(table.c_str(), stdout);
      return std::fflush(stdout) == EOF ? static_cast<int>(ExitStatus::kHostFailure)
                                        : static_cast<int>(ExitStatus::kPowerOff);
    }
    screen->show(table + "\nq quits\n");
    before = std::move(now);
    then = time;
  }
  return static_cast<int>(ExitStatus::kPowerOff);
}

}  // namespace hvk
