// SPDX-License-Identifier: GPL-2.0-or-later
// A FIT image (U-Boot's format, made by mkimage) that holds a system: its
// system file and every file that this names, each with its SHA-256.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/fit_tree.h"
#include "image/sha256.h"

namespace hvk {

class PublicKey;

// An image of the FIT that its configuration names.
struct FitPart {
  std::string name;  // as the system file names it: "hvk,file", or the node's name
  int node;          // of the tree
  std::span<const std::byte> content;
  Digest digest;  // of `content`, as the file says, and checked
};

class Fit {
 public:
  // What was signed: the configuration with the digests of all parts, or each
  // part by itself (but not which parts belong together, nor their names).
  enum class Signed { kConfiguration, kParts };

  // Whether the file is one: a device tree.
  static bool matches(std::span<const std::byte> file);

  // Takes the file's content as its own, so that nobody changes it any more,
  // and checks all of its default configuration: form, bounds, the SHA-256 of
  // each part. `file` is hostile. Throws ImageError, naming the part.
  explicit Fit(std::vector<std::byte> file);
  Fit(const Fit&) = delete;
  Fit& operator=(const Fit&) = delete;

  // The parts that the configuration names, the system file among them.
  std::span<const FitPart> parts() const { return parts_; }
  // The system file. Throws ImageError if there is none.
  const FitPart& system() const;
  // The part of that name, or null.
  const FitPart* find(std::string_view name) const;

  // The SHA-256 of `bytes`: what the image says, if they are a whole part.
  Digest digest_of(std::span<const std::byte> bytes) const;

  // Throws ImageError unless `key` signed the configuration or, in an image
  // whose configuration has no signature at all, every part.
  Signed verify(const PublicKey& key) const;

 private:
  void add_parts(const std::string& property);
  void add_part(int node);
  void add_digest(FitPart& part) const;

  const std::vector<std::byte> file_;
  const image::FitTree tree_;
  int images_ = 0;         // node
  size_t names_ = 0;       // in the configuration, so far
  int configuration_ = 0;  // node
  std::vector<FitPart> parts_;
};

}  // namespace hvk
