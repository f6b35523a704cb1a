// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/mac.h"

#include <fmt/format.h>

namespace hvk {

MacAddress make_mac(std::string_view name, unsigned number) {
  // FNV-1a, 64 bits, folded: few guests share a network, so that three bytes keep them apart.
  constexpr uint64_t kBasis = 0xcbf29ce484222325, kPrime = 0x100000001b3;
  uint64_t digest = kBasis;
  const auto add = [&](uint8_t byte) { digest = (digest ^ byte) * kPrime; };
  for (const char c : name) add(static_cast<uint8_t>(c));
  add(0);
  add(static_cast<uint8_t>(number));
  digest ^= digest >> 24 ^ digest >> 48;
  return {0x52,
          0x54,
          0x00,
          static_cast<uint8_t>(digest >> 16),
          static_cast<uint8_t>(digest >> 8),
          static_cast<uint8_t>(digest)};
}

std::string write_mac(const MacAddress& mac) { return fmt::format("{:02x}", fmt::join(mac, ":")); }

}  // namespace hvk
