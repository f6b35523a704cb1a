// SPDX-License-Identifier: GPL-2.0-only
// What a guest's device tree says of its place in a system: docs/device-tree.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "board/fdt.h"
#include "devices/pl061.h"
#include "partition/links.h"

namespace hvk {

// Writes the node of the partition, with its channels, and one for each shared
// region. The root node is open.
void describe_place(Fdt& fdt, const Place& place);

// The phandle of the GPIO device that has the n-th channel's line.
constexpr uint32_t channel_phandle(size_t line) {
  return 16 + static_cast<uint32_t>(line / Pl061::kLines);
}

}  // namespace hvk
