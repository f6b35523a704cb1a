// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/mac.h"

#include <fmt/format.h>

#include "base/mistakes.h"
#include "config/number.h"

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

std::optional<MacAddress> parse_mac(std::string_view text) {
  constexpr size_t kLength = 17;
  if (text.size() != kLength) return std::nullopt;
  MacAddress mac;
  for (size_t i = 0; i < mac.size(); ++i) {
    const auto byte = parse_number<uint8_t>(text.substr(3 * i, 2), 16);
    if (!byte || (i + 1 < mac.size() && text[3 * i + 2] != ':')) return std::nullopt;
    mac[i] = *byte;
  }
  const bool group = mac[0] & 1;
  if (group || mac == MacAddress{}) return std::nullopt;
  return mac;
}

std::string read_mac(const KeyedValue& parsed, std::optional<MacAddress>& mac) {
  const std::string* text = parsed.find("mac");
  if (!text) return {};
  mac = parse_mac(*text);
  if (mac) return {};
  return fmt::format("mac={}: expected an address of one interface, such as 52:54:00:12:34:56",
                     in_quotes(*text));
}

}  // namespace hvk
