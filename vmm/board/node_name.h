// SPDX-License-Identifier: GPL-2.0-or-later
// The name of a device's node in the device tree.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace hvk {

// Returns "pl011@9000000": a name and the unit address as the devicetree specification requires
// (v0.4, 2.2.1: lower-case hexadecimal digits without leading zeroes).
inline std::string node_name(std::string_view name, uint64_t base) {
  char address[2 * sizeof(base) + 2];
  std::snprintf(address, sizeof(address), "@%llx", static_cast<unsigned long long>(base));
  return std::string(name) + address;
}

}  // namespace hvk
