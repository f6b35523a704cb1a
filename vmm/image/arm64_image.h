// SPDX-License-Identifier: GPL-2.0-or-later
// The arm64 kernel's flat `Image` and its 64-byte header (Linux,
// Documentation/arch/arm64/booting.rst).
#pragma once

#include "image/bytes.h"
#include "image/loaded.h"
#include "image/target.h"

namespace hvk::image {

// Where a kernel with such a header wants to be.
struct Arm64Header {
  uint64_t text_offset;  // from a 2 MiB boundary, in bytes
  uint64_t image_size;   // with BSS; zero if the kernel is too old to say
  uint64_t page_size;    // bytes; zero if it does not say
};

bool is_arm64_image(Bytes file);

// Whether the file begins as an Image and ends within its header, before the magic
// number by which `is_arm64_image` knows one.
bool is_cut_off_in_arm64_header(Bytes file);

// Reads the header at the start of `file`. Throws ImageError if it is cut off.
Arm64Header arm64_header(Bytes file);

// The IPA at which such a kernel is loaded and entered; `ram` starts on a
// 2 MiB boundary. Throws ImageError if that is outside `ram`.
uint64_t arm64_load_address(const Arm64Header& header, const Target& ram);

// Loads the file at `text_offset` above the RAM base. Throws ImageError.
LoadedImage load_arm64_image(Bytes file, const Target& ram);

}  // namespace hvk::image
