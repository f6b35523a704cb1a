// SPDX-License-Identifier: GPL-2.0-or-later
// The types that all loaders share: the result of loading a file, its options, and its error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/sha256.h"

namespace hvk {

// Says why a file cannot be run, in words for the person who named it.
class ImageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The remedy if a kernel is too large for the guest's RAM.
inline constexpr const char* kGiveMore =
    "give the guest more: --memory, or memory in a system's file";

// A part of guest memory that a loader filled.
struct LoadedPart {
  std::string name;  // "kernel", "segment 0", ...
  uint64_t ipa;
  uint64_t size;  // bytes that the part occupies, BSS included
  // The bytes of the part that came from the file; zeros follow them in memory. `digest` is theirs,
  // if there was a digester.
  uint64_t content_size = 0;
  std::optional<Digest> digest = std::nullopt;
};

// Returns the SHA-256 of bytes that a loader copies into guest memory.
using Digester = std::function<Digest(std::span<const std::byte>)>;

inline constexpr const char* kRawFormat = "raw";  // the one format that can be asked for

// What the person says about a file beside its name.
struct LoadOptions {
  bool raw = false;                 // load it as a raw binary, whatever it looks like
  std::optional<uint64_t> address;  // IPA for a raw binary, in place of the RAM base
};

struct LoadedImage {
  std::string format;  // "arm64 Image, gzip", "ELF64", "raw", ...
  uint64_t entry;      // IPA of the first instruction
  // Whether the file follows Linux's boot protocol (x0 = device tree). Raw images and ELF files do
  // not claim to, but are started in the same way.
  bool linux_protocol;
  std::vector<LoadedPart> parts;
  uint64_t page_size = 0;  // in bytes, that an arm64 Image was built for; 0: it does not say
  bool guessed = false;    // loaded as a raw binary because no other format matched
};

}  // namespace hvk
