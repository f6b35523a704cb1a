// SPDX-License-Identifier: GPL-2.0-or-later
// A file without a header: instructions for the start of RAM, as tutorials
// link them, or for the place that the person names.
#pragma once

#include "image/bytes.h"
#include "image/loaded.h"
#include "image/target.h"

namespace hvk::image {

// Anything could be code without a header. What is known to be something else (an initrd, a
// kernel for another machine, a packing that is not supported), is text, or begins with no
// instruction, is refused by name. Throws ImageError.
void check_code(Bytes file);

// Loads the file at `options.address`, or the RAM base, and enters it there; as it is if
// `options.raw`, after `check_code` if not. Throws ImageError.
LoadedImage load_raw(Bytes file, const Target& ram, const LoadOptions& options);

}  // namespace hvk::image
