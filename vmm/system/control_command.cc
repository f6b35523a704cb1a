// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/control_command.h"

#include <fmt/format.h>

#include "vmm/hostfiles.h"

namespace hvk {
namespace {

using Verb = ControlCommand::Verb;

struct Word {
  std::string_view word;
  Verb verb;
  bool takes_guest;
};

constexpr Word kWords[] = {
    {"status", Verb::kStatus, false},  {"stop", Verb::kStop, true}, {"resume", Verb::kResume, true},
    {"restart", Verb::kRestart, true}, {"kill", Verb::kKill, true}, {"move", Verb::kMove, true},
    {"quit", Verb::kQuit, false},
};

constexpr const char* kExpected =
    "expected status, quit, or stop, resume, restart, kill or move and a partition's name";

}  // namespace

std::variant<ControlCommand, std::string> parse_command(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto words = words_of(line);
  for (const Word& word : kWords) {
    if (words.empty() || words[0] != word.word) continue;
    if (words.size() != (word.takes_guest ? 2 : 1)) {
      return fmt::format("{}: expected {}", word.word,
                         word.takes_guest ? "one partition's name" : "nothing after it");
    }
    return ControlCommand{word.verb, std::string(word.takes_guest ? words[1] : "")};
  }
  return kExpected;
}

}  // namespace hvk
