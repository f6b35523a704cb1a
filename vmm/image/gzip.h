// SPDX-License-Identifier: GPL-2.0-or-later
// Unpacks gzip data (RFC 1952), in which kernels come.
#pragma once

#include <vector>

#include "image/bytes.h"

namespace hvk::image {

// Whether the file begins as gzip data does.
bool is_gzip(Bytes file);

// Returns the unpacked bytes of all members. Bytes behind the last member are ignored, because
// kernels have signatures and padding there. Throws ImageError if the data is damaged, cut off, or
// unpacks to more than `limit` bytes.
std::vector<std::byte> gunzip(Bytes file, uint64_t limit);

}  // namespace hvk::image
