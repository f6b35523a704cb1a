// SPDX-License-Identifier: GPL-2.0-only
// RAM that an image is loaded into, and what a test asks of it.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "image/image.h"
#include "tests/unit/image_files.h"

namespace hvk::test {

inline constexpr uint64_t kBase = 0x40000000;
inline constexpr uint64_t kRamSize = 4 << 20;

class LoaderTest : public testing::Test {
 protected:
  LoadedImage load(const Blob& file, const LoadOptions& options = {}) {
    return load_image(std::as_bytes(std::span(file)), ram, kBase, {}, options);
  }

  // The message with which `file` is refused; empty if it is taken.
  std::string refusal(const Blob& file, const LoadOptions& options = {}) {
    try {
      load(file, options);
    } catch (const ImageError& error) {
      return error.what();
    }
    return "";
  }

  Blob ram_at(uint64_t ipa, size_t size) const {
    const auto* from = reinterpret_cast<const uint8_t*>(ram.data()) + (ipa - kBase);
    return Blob(from, from + size);
  }

  // Filled, so that a test sees what is cleared and what is left alone.
  std::vector<std::byte> ram = std::vector<std::byte>(kRamSize, std::byte{0xee});
};

}  // namespace hvk::test
