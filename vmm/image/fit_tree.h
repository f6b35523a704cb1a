// SPDX-License-Identifier: GPL-2.0-or-later
// The device tree at the start of a FIT image: it is checked as a whole once, and then only read.
// It is hostile until its signature is checked, so that its numbers of nodes, properties and
// strings are limited too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hvk::image {

class FitTree {
 public:
  static constexpr int kRoot = 0;

  // `file` is hostile, begins with the tree and must outlive this object. Throws ImageError if the
  // tree is damaged or is not as mkimage makes it. So it refuses a node whose name has '@', which
  // libfdt also finds by the name before the '@', and two nodes with the same name and parent: with
  // these the signature could cover one node while a lookup finds another.
  explicit FitTree(std::span<const std::byte> file);

  // The tree's bytes, without what follows them in the file.
  std::span<const std::byte> bytes() const { return bytes_; }
  // The same tree as an argument for libfdt.
  const void* blob() const { return bytes_.data(); }

  // A node is given by libfdt's offset. What is not there is nothing, or empty.
  std::optional<int> child(int node, std::string_view name) const;
  std::vector<int> children(int node) const;
  std::string name(int node) const;
  // The node's path from the root: "/images/kernel-1".
  std::string path(int node) const;

  std::optional<std::span<const std::byte>> property(int node, const std::string& name) const;
  // The value of a property that is one string; nothing if that is empty or has characters that
  // cannot be printed.
  std::optional<std::string> text(int node, const std::string& name) const;
  // The value of a property that is any number of strings; empty if it is not made of strings.
  // Throws ImageError if there are more than 1024.
  std::vector<std::string> strings(int node, const std::string& name) const;
  // The value of a property that is one cell.
  std::optional<uint32_t> cell(int node, const std::string& name) const;
  // The names of all the node's properties.
  std::vector<std::string> properties(int node) const;

 private:
  void survey() const;

  std::span<const std::byte> bytes_;
};

// Returns text out of a file between quotation marks and safe for a terminal: every byte that is
// not printable ASCII becomes '?'.
std::string quote(std::string_view text);

}  // namespace hvk::image
