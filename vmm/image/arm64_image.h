// SPDX-License-Identifier: GPL-2.0-or-later
// The arm64 kernel's flat `Image` and its 64-byte header (Linux,
// Documentation/arch/arm64/booting.rst).
#pragma once

#include "image/bytes.h"
#include "image/loaded.h"
#include "image/target.h"

namespace hvk::image {

// The header's fields that say how a kernel is to be loaded.
struct Arm64Header {
  uint64_t text_offset;  // of the load address from a 2 MiB boundary, in bytes
  uint64_t image_size;   // in bytes, with BSS; zero if the kernel is too old to have it
  uint64_t page_size;    // that the kernel was built for, in bytes; zero if it does not say
};

// Whether the file has the magic number of an Image.
bool is_arm64_image(Bytes file);

// Whether the file begins with the instruction that kernels with the EFI stub begin with, because
// its encoding begins with "MZ" as a PE file must: ccmp x18, #0, #0xd, pl, and in older kernels
// add x13, x18, #0x16.
bool begins_as_efi_stub(Bytes file);

// Whether the file begins like an Image but ends within the header, so that `is_arm64_image` may
// not find the magic number.
bool is_cut_off_in_arm64_header(Bytes file);

// Reads the header at the start of `file`. Throws ImageError if it is cut off.
Arm64Header arm64_header(Bytes file);

// Returns the IPA at which a kernel with that header is loaded and entered. `ram` must start on a
// 2 MiB boundary. Throws ImageError if text_offset is outside `ram` or not a multiple of 4.
uint64_t arm64_load_address(const Arm64Header& header, const Target& ram);

// Loads the Image `file` at its text_offset above the RAM base. Throws ImageError.
LoadedImage load_arm64_image(Bytes file, const Target& ram);

}  // namespace hvk::image
