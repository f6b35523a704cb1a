// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/units.h"

namespace hvk {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kLinuxWindow = uint64_t{32} << 30;

[[noreturn]] void does_not_fit(layout::Range ram, std::span<const LoadedPart> parts,
                               const std::string& name, uint64_t size) {
  std::string others;
  uint64_t needed = size;
  for (const LoadedPart& part : parts) {
    others += fmt::format("{}{} ({} at {:#x})", others.empty() ? " beside " : ", ", part.name,
                          format_size(part.size), part.ipa);
    // Room below this part is not counted, since it may be too small.
    needed = std::max(needed, part.ipa - ram.base + part.size + size);
  }
  // Suggest a power of two, at least twice the present RAM.
  const uint64_t mebibytes = std::max(needed >> 20, (ram.size * 2) >> 20) + 1;
  throw SetupError(fmt::format("{} of {}", name, format_size(size)),
                   fmt::format("does not fit into {} of RAM{}", format_size(ram.size), others),
                   fmt::format("{}, for example {}M", kGiveMore, std::bit_ceil(mebibytes - 1)));
}

}  // namespace

bool is_free(layout::Range range, std::span<const LoadedPart> parts) {
  return std::none_of(parts.begin(), parts.end(), [&](const LoadedPart& part) {
    return part.ipa < range.base + range.size && range.base < part.ipa + part.size;
  });
}

uint64_t place_high(layout::Range ram, std::span<const LoadedPart> parts, const std::string& name,
                    uint64_t size) {
  uint64_t top = ram.base + std::min(ram.size, kLinuxWindow);
  for (;;) {
    if (size > top - ram.base) does_not_fit(ram, parts, name, size);
    const uint64_t start = (top - size) & ~(kPage - 1);
    if (start < ram.base) does_not_fit(ram, parts, name, size);
    const auto clash = std::find_if(parts.begin(), parts.end(), [&](const LoadedPart& part) {
      return part.ipa < start + size && start < part.ipa + part.size;
    });
    if (clash == parts.end()) return start;
    if (clash->ipa <= ram.base) does_not_fit(ram, parts, name, size);
    top = clash->ipa;
  }
}

}  // namespace hvk
