// SPDX-License-Identifier: GPL-2.0-only
// A file without a header: instructions for the start of RAM, as tutorials
// link them.
#pragma once

#include "vmm/image/bytes.h"
#include "vmm/image/image.h"
#include "vmm/image/target.h"

namespace hvk::image {

// Loads the file at the RAM base and enters it there. Since anything could be
// a raw image, files that are known to be something else (an initrd, a kernel
// for another machine, a packing that is not supported) are refused by name.
// Throws ImageError.
LoadedImage load_raw(Bytes file, const Target& ram);

}  // namespace hvk::image
