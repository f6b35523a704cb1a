// SPDX-License-Identifier: GPL-2.0-or-later
// Loads a kernel by what the file contains, never by its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "image/loaded.h"

namespace hvk {

// Loads `file` into `ram`, whose first byte is at IPA `ram_base`. Recognises an arm64 Image, ELF64
// and, failing both, a raw binary for the RAM base; each plain, or packed once by gzip, zstd or EFI
// zboot (gzip and zstd). `file` is hostile: every length and offset in it is checked. Throws
// ImageError. With `digester` each part has the digest of the bytes that were copied, which is made
// from these and not from guest RAM.
LoadedImage load_image(std::span<const std::byte> file, std::span<std::byte> ram, uint64_t ram_base,
                       const Digester& digester = {}, const LoadOptions& options = {});

// The IPA to which load_image copies a file as it is, all of its `size` bytes, as its first ones
// say (64 of them tell); nothing if they do not say it. A file that is in `ram` there already,
// which load_image may then be given, is not copied.
std::optional<uint64_t> place_as_it_is(std::span<const std::byte> head, uint64_t size,
                                       uint64_t ram_size, uint64_t ram_base,
                                       const LoadOptions& options);

// Throws ImageError unless `file` may be firmware, which is code from its first byte on.
void check_firmware(std::span<const std::byte> file);

// For a file that was given for a use that it is not good for: returns what it is and how to give
// it instead. `name` is the file's name in the message. Empty if the file's kind is not known.
std::string better_use(std::span<const std::byte> file, const std::string& name);

}  // namespace hvk
