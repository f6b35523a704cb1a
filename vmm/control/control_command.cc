// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/control_command.h"

#include <fmt/format.h>

#include "base/units.h"
#include "host/hostfiles.h"

namespace hvk {
namespace {

using Verb = ControlCommand::Verb;

// Values of Word::then.
constexpr const char* kNothing = "";
constexpr const char* kGuest = nullptr;
constexpr const char* kGuestSize = "a partition's name and a size";

struct Word {
  std::string_view word;
  Verb verb;
  const char*
      then;  // what follows: a fixed word, kNothing, kGuest for a partition's name, kGuestSize
};

constexpr Word kWords[] = {
    {"status", Verb::kStatusText, "text"},   {"status", Verb::kStatus, kNothing},
    {"stop", Verb::kStop, kGuest},           {"resume", Verb::kResume, kGuest},
    {"restart", Verb::kRestart, kGuest},     {"kill", Verb::kKill, kGuest},
    {"move", Verb::kMove, kGuest},           {"wait", Verb::kWait, kGuest},
    {"balloon", Verb::kBalloon, kGuestSize}, {"events", Verb::kEvents, kNothing},
    {"quit", Verb::kQuit, kNothing},
};

constexpr const char* kExpected =
    "expected status, status text, events, quit, or stop, resume, restart, kill, move or wait and "
    "a partition's name, or balloon, a partition's name and a size";

}  // namespace

std::variant<ControlCommand, std::string> parse_command(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto words = words_of(line);
  std::string why;
  for (const Word& word : kWords) {
    if (words.empty() || words[0] != word.word) continue;
    if (word.then == kGuest) {
      if (words.size() == 2) return ControlCommand{word.verb, std::string(words[1]), 0};
      return fmt::format("{}: expected one partition's name", word.word);
    }
    if (word.then == kGuestSize) {
      const auto size = words.size() == 3 ? parse_size(words[2]) : std::nullopt;
      if (size) return ControlCommand{word.verb, std::string(words[1]), *size};
      return fmt::format("{}: expected {}, such as 128M", word.word, kGuestSize);
    }
    const std::string_view then = words.size() > 1 ? words[1] : kNothing;
    if (words.size() <= 2 && then == word.then) return ControlCommand{word.verb, {}, 0};
    why += *word.then ? fmt::format("{}: expected '{}', or nothing after it", word.word, word.then)
           : why.empty() ? fmt::format("{}: expected nothing after it", word.word)
                         : "";
  }
  return why.empty() ? kExpected : why;
}

}  // namespace hvk
