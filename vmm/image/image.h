// SPDX-License-Identifier: GPL-2.0-or-later
// Loads a kernel by what the file contains, never by its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "image/loaded.h"

namespace hvk {

// Recognises arm64 Image, gzip'd Image, EFI zboot (gzip and zstd), ELF64 and,
// failing all, a raw binary for the RAM base; unpacks where needed and copies
// into `ram`, whose first byte is IPA `ram_base`. `file` is hostile: every
// length and offset in it is checked. Throws ImageError. With `digester` each
// part's digest comes from the bytes that go into it, before they are in RAM.
LoadedImage load_image(std::span<const std::byte> file, std::span<std::byte> ram, uint64_t ram_base,
                       const Digester& digester = {}, const LoadOptions& options = {});

// Throws ImageError unless `file` may be firmware: code from its first byte on.
void check_firmware(std::span<const std::byte> file);

// Of a file that was given as something else: what it is, and how to give it. `name` is what
// the person calls it. Empty if nothing is known of it.
std::string better_use(std::span<const std::byte> file, const std::string& name);

}  // namespace hvk
