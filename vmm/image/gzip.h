// SPDX-License-Identifier: GPL-2.0-or-later
// gzip (RFC 1952), as kernels are packed.
#pragma once

#include <vector>

#include "image/bytes.h"

namespace hvk::image {

bool is_gzip(Bytes file);

// The unpacked bytes of all members; what follows the last one is ignored, as
// signatures and padding do follow kernels. Throws ImageError if the data is
// damaged, cut off, or unpacks to more than `limit` bytes.
std::vector<std::byte> gunzip(Bytes file, uint64_t limit);

}  // namespace hvk::image
