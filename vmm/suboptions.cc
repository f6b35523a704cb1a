// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/suboptions.h"

#include <fmt/format.h>

#include <algorithm>

namespace hvk {
namespace {

constexpr const char* kDoubleIt = "a comma within a name is written twice";

// Takes off `text` what comes before its first single comma, and that comma.
std::string take_part(std::string_view& text) {
  std::string part;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == ',') {
      if (!text.starts_with(',')) break;
      text.remove_prefix(1);
    }
    part += c;
  }
  return part;
}

std::string listed(std::initializer_list<std::string_view> known) {
  std::string all;
  for (const std::string_view key : known)
    all += fmt::format("{}{}=", all.empty() ? "" : ", ", key);
  return all;
}

}  // namespace

Suboptions parse_suboptions(std::string_view text, std::initializer_list<std::string_view> known) {
  Suboptions options;
  // A single comma at the end would begin a part that is not there.
  const size_t commas = text.size() - (text.find_last_not_of(',') + 1);
  options.value = take_part(text);
  while (!text.empty()) {
    const std::string part = take_part(text);
    const size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    if (equals == std::string::npos || std::find(known.begin(), known.end(), key) == known.end()) {
      options.mistake = fmt::format("'{}': expected {}; {}", part, listed(known), kDoubleIt);
      return options;
    }
    if (equals + 1 == part.size()) {
      options.mistake = fmt::format("{}= is empty", key);
      return options;
    }
    if (!options.keys.emplace(key, part.substr(equals + 1)).second) {
      options.mistake = fmt::format("{}= is given twice", key);
      return options;
    }
  }
  if (commas % 2 == 1) options.mistake = fmt::format("ends in a comma; {}", kDoubleIt);
  return options;
}

}  // namespace hvk
