// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses of network cards.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_value.h"
#include "config/devices.h"

namespace hvk {

// The address of card `number` of the guest `name`, if none was asked for: 52:54:00 and a digest of
// both, so that it stays the same over restarts and differs between the guests of a system.
MacAddress make_mac(std::string_view name, unsigned number);

// 52:54:00:12:34:56
std::string write_mac(const MacAddress& mac);
// Returns nothing for anything else, and for addresses of groups.
std::optional<MacAddress> parse_mac(std::string_view text);

// Reads the key `mac`, if `parsed` has it. Says what is wrong, or returns an empty string.
std::string read_mac(const KeyedValue& parsed, std::optional<MacAddress>& mac);

}  // namespace hvk
