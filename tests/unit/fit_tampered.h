// SPDX-License-Identifier: GPL-2.0-only
// A FIT image that is changed after mkimage made it.
#pragma once

#include <gtest/gtest.h>
#include <libfdt.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "tests/unit/image_files.h"

namespace hvk::test {

inline std::vector<std::byte> bytes_of(const Blob& blob) {
  const auto bytes = std::as_bytes(std::span(blob));
  return {bytes.begin(), bytes.end()};
}

inline Blob blob_of(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  return Blob(data, data + bytes.size());
}

// Changes a tree as mkimage would not have made it.
class Tampered {
 public:
  explicit Tampered(Blob image) : image_(std::move(image)) {
    // Room for changes, with the external data behind it.
    const size_t tree = fdt_totalsize(image_.data());
    tail_.assign(image_.begin() + static_cast<ptrdiff_t>(tree), image_.end());
    image_.resize(tree + kRoom);
    EXPECT_EQ(fdt_open_into(image_.data(), image_.data(), static_cast<int>(image_.size())), 0);
  }

  int node(const char* path) {
    const int offset = fdt_path_offset(image_.data(), path);
    EXPECT_GE(offset, 0) << path;
    return offset;
  }
  void set(const char* path, const char* name, const Blob& value) {
    EXPECT_EQ(
        fdt_setprop(image_.data(), node(path), name, value.data(), static_cast<int>(value.size())),
        0);
  }
  void cell(const char* path, const char* name, uint32_t value) {
    EXPECT_EQ(fdt_setprop_u32(image_.data(), node(path), name, value), 0);
  }
  void remove(const char* path, const char* name) {
    EXPECT_EQ(fdt_delprop(image_.data(), node(path), name), 0);
  }
  void add(const char* path, const char* name) {
    EXPECT_GE(fdt_add_subnode(image_.data(), node(path), name), 0);
  }
  void rename(const char* path, const char* name) {
    EXPECT_EQ(fdt_set_name(image_.data(), node(path), name), 0);
  }

  Blob image() const {
    Blob whole = image_;
    EXPECT_EQ(fdt_pack(whole.data()), 0);
    whole.resize((fdt_totalsize(whole.data()) + 3) & ~3u);
    return whole + tail_;
  }

 private:
  static constexpr size_t kRoom = 4096;
  Blob image_, tail_;
};

}  // namespace hvk::test
