// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers in options.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace hvk {

// Returns nothing unless all of `text` is a number that `Number` can hold.
template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace hvk
