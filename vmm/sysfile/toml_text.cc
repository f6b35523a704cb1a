// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/toml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/utf8.h"

namespace hvk {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// The most dots in a key; no key of a system file has more than two. toml++ 3.3
// makes a table for each dot and recurses once for each, without a limit.
constexpr unsigned kMaxDots = 8;
// Stands for a byte that is not UTF-8: a surrogate is no character, so that an
// escape of it is an error to toml++.
constexpr uint32_t kSurrogate = 0xd800;

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Reads a character that is not ASCII from `text` at `i`, and advances `i` behind
// it. Returns kSurrogate for a byte that does not begin a character.
uint32_t take_character(std::string_view text, size_t& i) {
  const Character character = first_character(text.substr(i));
  i += character.size ? character.size : 1;
  return character.size ? character.code : kSurrogate;
}

// Appends the TOML string that begins at `i` to `out`, converted to a basic string
// in quotes, and advances `i` behind it. A string that is not closed ends with its
// line or with the text.
void take_string(std::string_view text, size_t& i, std::string& out) {
  const char quote = text[i];
  const std::string three(3, quote);
  const bool literal = quote == '\'', many_lines = text.substr(i).starts_with(three);
  const auto take_quotes = [&](size_t count) {
    out.append(count, '"');
    i += count;
  };
  take_quotes(many_lines ? 3 : 1);
  while (i < text.size()) {
    const char c = text[i];
    if (many_lines && text.substr(i).starts_with(three)) {
      // A run of up to five quotes ends the string by its last three; those before
      // them belong to the string's content.
      const size_t run = std::min(text.find_first_not_of(quote, i), text.size()) - i;
      for (size_t own = std::min<size_t>(run, 5) - 3; own > 0; --own, ++i) {
        out += literal ? "'" : "\\\"";
      }
      return take_quotes(3);
    }
    if (!many_lines && c == quote) return take_quotes(1);
    if (!many_lines && c == '\n') return;
    if (!is_ascii(c)) {
      out += fmt::format("\\U{:08x}", take_character(text, i));
    } else if (literal && (c == '\\' || c == '"')) {
      out += {'\\', c};
      ++i;
    } else {
      const size_t size = !literal && c == '\\' && i + 1 < text.size() && is_ascii(text[i + 1]) &&
                                  text[i + 1] != '\n'
                              ? 2
                              : 1;
      out += text.substr(i, size);
      i += size;
    }
  }
}

}  // namespace

std::string ascii_toml(std::string_view text) {
  std::string out;
  size_t i = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  bool comment = false;
  unsigned dots = 0;  // in the current key; dots of numbers are counted too
  while (i < text.size()) {
    const char c = text[i];
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    if (!is_ascii(c)) {
      const bool good = take_character(text, i) != kSurrogate;
      if (!comment || !good) out += comment ? '\x7f' : '?';
    } else if (!comment && (c == '"' || c == '\'')) {
      take_string(text, i, out);
    } else {
      comment = c != '\n' && (comment || c == '#');
      out += c == '.' && !comment && ++dots > kMaxDots ? '?' : c;
      ++i;
    }
  }
  return out;
}

}  // namespace hvk
