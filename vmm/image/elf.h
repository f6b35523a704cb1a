// SPDX-License-Identifier: GPL-2.0-or-later
// Loads ELF64 executables for AArch64, as bare-metal linkers make them, and Linux's `vmlinux`.
#pragma once

#include "image/bytes.h"
#include "image/loaded.h"
#include "image/target.h"

namespace hvk::image {

// Whether the file has ELF's magic number.
bool is_elf(Bytes file);

// Copies every PT_LOAD segment to its physical address (p_paddr) and clears the rest of its memory.
// The entry is translated from virtual to physical by the segment that holds it. A `vmlinux`, all
// of whose addresses are virtual, is moved to where its `Image` would be loaded. Throws ImageError.
LoadedImage load_elf(Bytes file, const Target& ram);

}  // namespace hvk::image
