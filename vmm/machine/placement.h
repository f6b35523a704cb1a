// SPDX-License-Identifier: GPL-2.0-or-later
// Where in guest RAM the parts lie that no file fixes: initrd, device tree.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "board/layout.h"
#include "image/loaded.h"

namespace hvk {

// The IPA for a part of `size` bytes, 4 KiB aligned: as high in RAM as the
// parts there already allow, since programs that are linked to the RAM's base
// grow upwards, and no higher than Linux reaches from there (a window of
// 32 GiB, Documentation/arm64/booting.rst section 3). Throws SetupError naming
// all sizes and the memory that would do.
uint64_t place_high(layout::Range ram, std::span<const LoadedPart> parts, const std::string& name,
                    uint64_t size);

// Whether none of `parts` lies in `range`, which is no larger than the address space.
bool is_free(layout::Range range, std::span<const LoadedPart> parts);

}  // namespace hvk
