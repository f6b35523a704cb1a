// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/toml_text.h"

#include <algorithm>

namespace hvk {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The end of the string that begins at `at`, with its quote; of one that is not
// closed, the end of its line or of the text.
size_t string_end(std::string_view text, size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool many_lines = text.substr(at).starts_with(three);
  size_t i = at + (many_lines ? 3 : 1);
  for (; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (many_lines && text.substr(i).starts_with(three)) {
      // Two of the quotes may be the string's own.
      return std::min({text.find_first_not_of(quote, i), i + 5, text.size()});
    } else if (!many_lines && (text[i] == quote || text[i] == '\n')) {
      return i + 1;
    }
  }
  return text.size();
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

std::string ascii_outside_strings(std::string_view text) {
  std::string out;
  size_t i = 0;
  const auto keep_to = [&](size_t end) {
    out += text.substr(i, end - i);
    i = end;
  };
  if (text.starts_with(kByteOrderMark)) keep_to(kByteOrderMark.size());
  while (i < text.size()) {
    const char c = text[i];
    if (c == '#') {
      keep_to(std::min(text.find('\n', i), text.size()));
    } else if (c == '"' || c == '\'') {
      keep_to(string_end(text, i));
    } else if (static_cast<unsigned char>(c) < 0x80) {
      keep_to(i + 1);
    } else {
      out += '?';
      for (++i; i < text.size() && continues(text[i]);) ++i;
    }
  }
  return out;
}

}  // namespace hvk
