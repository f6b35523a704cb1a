// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/utf8.h"

namespace hvk {

Character first_character(std::string_view text) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // by size; below it: overlong
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead >= 0xf8 || text.size() < size) return {0, 0};
  uint32_t code = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {0, 0};
    code = code << 6 | (next & 0x3fu);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast[size] || surrogate || code > 0x10ffff) return {0, 0};
  return {code, size};
}

std::string printable(std::string_view text, std::string_view kept) {
  std::string out;
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    const std::string_view bytes = text.substr(0, size ? size : 1);
    const bool obeyed = size == 0 || code < ' ' || (code >= 0x7f && code <= 0x9f);
    out += obeyed && kept.find(bytes) == std::string_view::npos ? "?" : bytes;
    text.remove_prefix(bytes.size());
  }
  return out;
}

}  // namespace hvk
