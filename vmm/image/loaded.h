// SPDX-License-Identifier: GPL-2.0-or-later
// What loading a file gives, what it may be asked for, and how it fails: the terms that all
// loaders share.
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

// A file that cannot be run, in words for the person who named it.
class ImageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What to do about a kernel that is too large.
inline constexpr const char* kGiveMore =
    "give the guest more: --memory, or memory in a system's file";

// A part of guest memory that a loader filled.
struct LoadedPart {
  std::string name;  // "kernel", "segment 0", ...
  uint64_t ipa;
  uint64_t size;  // bytes that the part occupies, BSS included
  // With a digester, the digest of the first `content_size` bytes; zeros follow these in memory.
  uint64_t content_size = 0;
  std::optional<Digest> digest = std::nullopt;
};

// Gives the SHA-256 of bytes that are about to be placed.
using Digester = std::function<Digest(std::span<const std::byte>)>;

inline constexpr const char* kRawFormat = "raw";  // the one format that can be asked for

// What the person says of a file beyond its name.
struct LoadOptions {
  bool raw = false;                 // it is a raw binary, whatever it looks like
  std::optional<uint64_t> address;  // IPA for a raw binary, in place of the RAM base
};

struct LoadedImage {
  std::string format;  // "arm64 Image, gzip", "ELF64", "raw", ...
  uint64_t entry;      // IPA of the first instruction
  // Whether the file follows Linux's boot protocol (x0 = device tree); raw
  // images and ELF files are started in the same way.
  bool linux_protocol;
  std::vector<LoadedPart> parts;
  uint64_t page_size = 0;  // bytes; that an arm64 Image was built for; 0: it does not say
  bool guessed = false;    // taken for a raw binary because it is nothing else
};

}  // namespace hvk
