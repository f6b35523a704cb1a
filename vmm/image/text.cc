// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/text.h"

#include <algorithm>
#include <string_view>

#include "base/utf8.h"

namespace hvk::image {

namespace {

constexpr size_t kLooked = 4096;
constexpr size_t kLine = 256;
constexpr size_t kLongest = 4;  // bytes of a character

std::string_view beginning(Bytes file, size_t most) {
  return {reinterpret_cast<const char*>(file.data()), std::min(file.size(), most)};
}

bool is_shown(uint32_t code) {
  constexpr std::string_view kWhiteSpace = "\t\n\f\r\x1b";
  if (code < ' ') return kWhiteSpace.find(static_cast<char>(code)) != std::string_view::npos;
  return code != 0x7f;
}

// Whether all characters of `text` can be shown. `more` says that the file goes on behind `text`.
bool is_shown(std::string_view text, bool more) {
  while (!text.empty()) {
    if (more && text.size() < kLongest) return true;  // perhaps cut within a character
    const Character next = first_character(text);
    if (next.size == 0 || !is_shown(next.code)) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = line.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kSpace) - first + 1);
}

bool is_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-.\"'").find(c) != std::string_view::npos;
}

bool is_toml_line(std::string_view line) {
  if (line.starts_with('[')) return line.find(']') != std::string_view::npos;
  const size_t sign = line.find('=');
  if (sign == std::string_view::npos) return false;
  const std::string_view key = trimmed(line.substr(0, sign));
  const std::string_view value = trimmed(line.substr(sign + 1));
  // The value must begin as a string, list, table, number, true or false. The y and m of a kernel's
  // .config do not.
  return !key.empty() && std::all_of(key.begin(), key.end(), is_key) && !value.empty() &&
         std::string_view("\"'[{0123456789+-tf").find(value[0]) != std::string_view::npos;
}

}  // namespace

bool is_text(Bytes file) {
  return !file.empty() && is_shown(beginning(file, kLooked), file.size() > kLooked);
}

bool begins_with_text_line(Bytes file) {
  const std::string_view text = beginning(file, kLine);
  const std::string_view line = text.substr(0, text.find('\n'));
  return !line.empty() && is_shown(line, file.size() > line.size());
}

bool is_toml(Bytes text) {
  std::string_view rest = beginning(text, kLooked);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, end));
    if (!line.empty() && line[0] != '#') return is_toml_line(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace hvk::image
