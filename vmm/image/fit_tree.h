// SPDX-License-Identifier: GPL-2.0-or-later
// The device tree at the head of a FIT image: checked as a whole once, then
// only looked up in. It is hostile until its signature is checked, so that its
// size in nodes, properties and strings is limited too.
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

  // `file` is hostile, begins with the tree and outlives this object. Throws
  // ImageError if the tree is damaged, or is not as mkimage makes it: a node
  // whose name has '@', which libfdt finds by the name without it, or two nodes
  // of one name in one place, could show one node to the signature and another
  // to us.
  explicit FitTree(std::span<const std::byte> file);

  // The tree's bytes without what follows them in the file.
  std::span<const std::byte> bytes() const { return bytes_; }
  // For libfdt.
  const void* blob() const { return bytes_.data(); }

  // Nodes are libfdt's offsets.
  std::optional<int> child(int node, std::string_view name) const;
  std::vector<int> children(int node) const;
  std::string name(int node) const;
  // "/images/kernel-1"
  std::string path(int node) const;

  std::optional<std::span<const std::byte>> property(int node, const std::string& name) const;
  // A property of one string that is neither empty nor unprintable.
  std::optional<std::string> text(int node, const std::string& name) const;
  // Of any number of strings; none if the property is not made of strings. Throws
  // ImageError if there are more than a FIT image has use for.
  std::vector<std::string> strings(int node, const std::string& name) const;
  // Of one cell.
  std::optional<uint32_t> cell(int node, const std::string& name) const;
  // The names of all the node's properties.
  std::vector<std::string> properties(int node) const;

 private:
  void survey() const;

  std::span<const std::byte> bytes_;
};

// Text out of a file, between quotation marks, safe for a terminal.
std::string quote(std::string_view text);

}  // namespace hvk::image
