// SPDX-License-Identifier: GPL-2.0-or-later
// Loads a file without a header: instructions that are linked for the start of RAM, as tutorials
// have them, or for the address that the person gives.
#pragma once

#include "image/bytes.h"
#include "image/loaded.h"
#include "image/target.h"

namespace hvk::image {

// Throws ImageError if `file` cannot be code. As any bytes without a header might be code, it
// refuses only files that are known to be something else (an initrd, a kernel for another machine,
// an unsupported packing), text, and files that do not begin with an instruction.
void check_code(Bytes file);

// Loads the file at `options.address`, or else at the RAM base, which is also its entry. Unless
// `options.raw` is set, `check_code` must pass first. Throws ImageError.
LoadedImage load_raw(Bytes file, const Target& ram, const LoadOptions& options);

}  // namespace hvk::image
