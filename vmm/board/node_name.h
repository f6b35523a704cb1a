// SPDX-License-Identifier: GPL-2.0-or-later
// The name of a device's node in the device tree.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace hvk {

// "pl011@9000000": a name and the unit address, as the device tree
// specification wants it (lower-case hex, no leading zeroes, v0.4 2.2.1).
inline std::string node_name(std::string_view name, uint64_t base) {
  char address[2 * sizeof(base) + 2];
  std::snprintf(address, sizeof(address), "@%llx", static_cast<unsigned long long>(base));
  return std::string(name) + address;
}

}  // namespace hvk
