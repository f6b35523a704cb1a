// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/console_spec.h"

#include <sys/un.h>

#include <algorithm>

namespace hvk {
namespace {

using Kind = ConsoleConfig::Kind;

struct Word {
  Kind kind;
  std::string_view word;
  bool path;  // whether a path follows the word
};
constexpr Word kWords[] = {
    {Kind::kTerminal, "terminal", false}, {Kind::kFile, "file=", true}, {Kind::kPty, "pty", false},
    {Kind::kUnix, "unix=", true},         {Kind::kNone, "none", false},
};

bool is_path(std::string_view path) {
  return !path.empty() && std::none_of(path.begin(), path.end(),
                                       [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

}  // namespace

std::optional<ConsoleConfig> parse_console(std::string_view spec) {
  for (const Word& word : kWords) {
    if (!word.path && spec == word.word) return ConsoleConfig{word.kind, {}};
    if (!word.path || !spec.starts_with(word.word)) continue;
    const std::string_view path = spec.substr(word.word.size());
    if (!is_path(path) || (word.kind == Kind::kUnix && !is_socket_path(path))) return std::nullopt;
    return ConsoleConfig{word.kind, std::string(path)};
  }
  return std::nullopt;
}

std::string write_console(const ConsoleConfig& console) {
  for (const Word& word : kWords) {
    if (word.kind == console.kind) return std::string(word.word) + console.path;
  }
  return "none";
}

bool is_socket_path(std::string_view path) {
  return is_path(path) && path.size() < sizeof(sockaddr_un::sun_path);
}

}  // namespace hvk
