// SPDX-License-Identifier: GPL-2.0-or-later
// Zstandard (RFC 8878), as kernels are packed.
#pragma once

#include <vector>

#include "image/bytes.h"

namespace hvk::image {

bool is_zstd(Bytes file);

// The unpacked bytes of all frames; what follows the last one is ignored.
// Throws ImageError if the data is damaged, cut off, needs a window of more
// than 128 MiB, or unpacks to more than `limit` bytes.
std::vector<std::byte> unzstd(Bytes file, uint64_t limit);

}  // namespace hvk::image
