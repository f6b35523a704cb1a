// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/control_client.h"

#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <optional>
#include <variant>

#include "base/error.h"
#include "base/local_socket.h"
#include "config/options.h"
#include "control/control_command.h"

namespace hvk {
namespace {

// Reads the answer line by line.
class AnswerReader {
 public:
  AnswerReader(const Fd& fd, const std::string& what) : fd_(fd), what_(what) {}

  // Returns the next line without its line feed, or nothing when the system has closed the
  // connection.
  std::optional<std::string> line() {
    size_t end;
    while ((end = text_.find('\n')) == std::string::npos) {
      std::array<char, 4096> bytes;
      const ssize_t n = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != ECONNRESET) throw_errno(what_);
      if (n <= 0) return std::nullopt;
      text_.append(bytes.data(), static_cast<size_t>(n));
    }
    std::string line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return line;
  }

 private:
  const Fd& fd_;
  const std::string& what_;
  std::string text_;
};

void print(const std::string& line) {
  std::puts(line.c_str());
  if (std::fflush(stdout) == EOF) throw_errno("stdout");
}

}  // namespace

int ask_system(const std::string& path, const std::string& words) {
  const std::string what = "--control " + path;
  const Fd fd = connect_to("--control", path);
  // Cut the words at a line feed: the server would take the rest for a second command.
  const std::string line = words.substr(0, words.find('\n')) + "\n";
  if (::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    throw_errno(what);
  }
  // Most answers are one line; the command tells whether more lines follow. For words that are no
  // command, the answer is one line too.
  const auto command = parse_command(line.substr(0, line.size() - 1));
  const auto* asked = std::get_if<ControlCommand>(&command);
  const auto verb = asked ? asked->verb : ControlCommand::Verb::kStatus;
  AnswerReader answer(fd, what);
  const std::optional<std::string> first = answer.line();
  if (!first) throw SetupError(what, "the system ended without an answer");
  print(*first);
  if (first->starts_with("error")) return static_cast<int>(ExitStatus::kHostFailure);
  if (verb == ControlCommand::Verb::kStatusText || verb == ControlCommand::Verb::kEvents) {
    // The text of "status text" ends with an empty line; events end with the system.
    for (auto next = answer.line(); next && !next->empty(); next = answer.line()) print(*next);
  }
  return static_cast<int>(ExitStatus::kPowerOff);
}

}  // namespace hvk
