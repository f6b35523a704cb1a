// SPDX-License-Identifier: GPL-2.0-or-later
// Linux's generic EFI zboot image (drivers/firmware/efi/libstub): a small EFI
// program that carries the packed kernel. The kernel is taken out and started
// directly; the program itself needs UEFI.
#pragma once

#include <string>
#include <vector>

#include "image/bytes.h"

namespace hvk::image {

bool is_zboot(Bytes file);

struct Unpacked {
  std::string method;  // "gzip", "zstd" or "zstd22"
  std::vector<std::byte> bytes;
};

// The kernel inside, at most `limit` bytes. Throws ImageError.
Unpacked unpack_zboot(Bytes file, uint64_t limit);

}  // namespace hvk::image
