// SPDX-License-Identifier: GPL-2.0-or-later
// Unpacks Linux's generic EFI zboot image (drivers/firmware/efi/libstub): a small EFI program that
// carries the packed kernel. The kernel is taken out and started directly, because the program
// itself needs UEFI.
#pragma once

#include <string>
#include <vector>

#include "image/bytes.h"

namespace hvk::image {

// Whether the file begins as an EFI zboot image does.
bool is_zboot(Bytes file);

struct Unpacked {
  std::string method;  // "gzip", "zstd" or "zstd22"
  std::vector<std::byte> bytes;
};

// Unpacks the kernel that is inside. Throws ImageError, also if it has more than `limit` bytes.
Unpacked unpack_zboot(Bytes file, uint64_t limit);

}  // namespace hvk::image
