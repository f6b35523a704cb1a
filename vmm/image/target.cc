// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/target.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace hvk::image {

LoadedPart Target::place(std::string_view part, uint64_t ipa, Bytes bytes, uint64_t size) const {
  if (!contains(ipa, size)) {
    throw ImageError(std::string(part) + " needs " + std::to_string(size) + " bytes at " +
                     hex(ipa) + ", but the guest's RAM is " + std::to_string(ram_.size()) +
                     " bytes at " + hex(base_) + "; if it is too small, " + kGiveMore);
  }
  LoadedPart loaded{std::string(part), ipa, size, bytes.size()};
  if (digester_) loaded.digest = digester_(bytes);
  const auto to = ram_.subspan(ipa - base_, size);
  // A file may have been read to its place at once; one that was read to a wrong one may overlap.
  if (bytes.data() != to.data()) std::memmove(to.data(), bytes.data(), bytes.size());
  std::fill(to.begin() + bytes.size(), to.end(), std::byte{0});
  return loaded;
}

std::string hex(uint64_t value) {
  char text[2 + 16 + 1];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace hvk::image
