// SPDX-License-Identifier: GPL-2.0-or-later
// Unpacks Zstandard data (RFC 8878), in which kernels come.
#pragma once

#include <vector>

#include "image/bytes.h"

namespace hvk::image {

// Whether the file begins as a Zstandard frame does.
bool is_zstd(Bytes file);

// Returns the unpacked bytes of all frames; bytes behind the last frame are ignored. Throws
// ImageError if the data is damaged, cut off, needs a window of more than 128 MiB, or unpacks to
// more than `limit` bytes.
std::vector<std::byte> unzstd(Bytes file, uint64_t limit);

}  // namespace hvk::image
