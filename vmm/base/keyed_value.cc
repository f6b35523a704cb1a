// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/keyed_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mistakes.h"

namespace hvk {
namespace {

// Splits `text` at its single commas; a double comma ",," becomes a "," in a part.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != ',') {
      parts.back() += text[at];
    } else if (text.substr(at).starts_with(",,")) {
      parts.back() += ',';
      ++at;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

}  // namespace

const std::string* KeyedValue::find(std::string_view key) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& one) { return one.name == key; });
  return found == keys.end() ? nullptr : &found->value;
}

std::vector<const std::string*> KeyedValue::all(std::string_view key) const {
  std::vector<const std::string*> values;
  for (const Key& one : keys) {
    if (one.name == key) values.push_back(&one.value);
  }
  return values;
}

std::optional<KeyedValue> parse_keyed(std::string_view text,
                                      const std::vector<std::string_view>& known, std::string& why,
                                      const std::vector<std::string_view>& repeatable,
                                      const std::vector<std::string_view>& flags) {
  const std::vector<std::string> parts = split(text);
  KeyedValue result{parts[0], {}};
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t sign = parts[i].find('=');
    const std::string name = parts[i].substr(0, sign);
    const bool alone =
        sign == std::string::npos && std::find(flags.begin(), flags.end(), name) != flags.end();
    if ((sign == std::string::npos && !alone) || name.empty()) {
      why = fmt::format("{} is no key=value; a comma that is part of a name is written twice: ,,",
                        in_quotes(parts[i]));
      return std::nullopt;
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      why = fmt::format("unknown key {}, expected {}{}", in_quotes(name), fmt::join(known, " or "),
                        did_you_mean(name, known));
      return std::nullopt;
    }
    if (result.find(name) &&
        std::find(repeatable.begin(), repeatable.end(), name) == repeatable.end()) {
      why = fmt::format("{} is given twice", name);
      return std::nullopt;
    }
    result.keys.push_back({name, alone ? "on" : parts[i].substr(sign + 1)});
  }
  return result;
}

std::string keyed_text(std::string_view value) {
  std::string text;
  for (const char c : value) text += c == ',' ? std::string(2, ',') : std::string(1, c);
  return text;
}

}  // namespace hvk
