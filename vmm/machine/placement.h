// SPDX-License-Identifier: GPL-2.0-or-later
// Finds room in guest RAM for the parts whose address no file determines: initrd
// and device tree.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "board/layout.h"
#include "image/loaded.h"

namespace hvk {

// Returns the IPA for a part of `size` bytes, aligned to 4 KiB: the highest one
// at which it overlaps none of `parts`, since programs that are linked to the
// base of RAM grow upwards. The part ends within 32 GiB of the base of RAM, the
// window in which Linux accepts an initrd (Documentation/arm64/booting.rst
// section 3). If there is no room, throws SetupError with the sizes of all parts
// and an amount of memory that would suffice.
uint64_t place_high(layout::Range ram, std::span<const LoadedPart> parts, const std::string& name,
                    uint64_t size);

// Whether `range` overlaps none of `parts`. The end of `range` must not wrap around.
bool is_free(layout::Range range, std::span<const LoadedPart> parts);

}  // namespace hvk
