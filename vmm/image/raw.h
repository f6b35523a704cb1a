// SPDX-License-Identifier: GPL-2.0-or-later
// A file without a header: instructions for the start of RAM, as tutorials
// link them, or for the place that the person names.
#pragma once

#include "image/bytes.h"
#include "image/loaded.h"
#include "image/target.h"

namespace hvk::image {

// Throws ImageError if `file` cannot be code. Without a header any bytes might be; refused is what
// is known to be something else (an initrd, a kernel for another machine, an unsupported packing),
// what is text, and what does not begin with an instruction.
void check_code(Bytes file);

// Loads the file at `options.address`, or the RAM base, and enters it there; as it is if
// `options.raw`, after `check_code` if not. Throws ImageError.
LoadedImage load_raw(Bytes file, const Target& ram, const LoadOptions& options);

}  // namespace hvk::image
