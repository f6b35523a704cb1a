// SPDX-License-Identifier: GPL-2.0-or-later
// A FIT image (U-Boot's format, made by mkimage) that holds a system: its system file and every
// file that the system file names, each with its SHA-256.
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

// One of the FIT's images that its configuration names.
struct FitPart {
  std::string name;  // as the system file names it: property "hvk,file", else the node's name
  int node;          // the image's node in the tree
  std::span<const std::byte> content;  // inside the file that `Fit` owns
  Digest digest;                       // of `content`, and equal to every hash in the node
};

// A FIT image in memory, whose default configuration was checked.
class Fit {
 public:
  // What was signed: the configuration with the digests of all parts; or each part by itself, which
  // leaves unsigned which parts belong together and what they are named.
  enum class Signed { kConfiguration, kParts };

  // Whether the file begins with a device tree, as a FIT image does.
  static bool matches(std::span<const std::byte> file);

  // Takes over the file's content, so that nobody can change it after the checks, and checks all of
  // its default configuration: form, bounds, the SHA-256 of each part. `file` is hostile. Throws
  // ImageError, which names the part that is at fault.
  explicit Fit(std::vector<std::byte> file);
  Fit(const Fit&) = delete;
  Fit& operator=(const Fit&) = delete;

  // The parts that the configuration names, the system file among them.
  std::span<const FitPart> parts() const { return parts_; }
  // The system file. Throws ImageError if there is none.
  const FitPart& system() const;
  // The part with that name, or null.
  const FitPart* find(std::string_view name) const;

  // The SHA-256 of `bytes`. If they are the `content` of a part its known digest is returned, else
  // the digest is calculated.
  Digest digest_of(std::span<const std::byte> bytes) const;

  // Returns what `key` signed: the configuration or, in an image whose configuration has no
  // signature at all, every part. Throws ImageError if `key` did not sign that.
  Signed verify(const PublicKey& key) const;

 private:
  void add_parts(const std::string& property);
  void add_part(int node);
  void add_digest(FitPart& part) const;

  const std::vector<std::byte> file_;
  const image::FitTree tree_;
  int images_ = 0;         // node /images
  size_t names_ = 0;       // how many names of the configuration were looked up so far
  int configuration_ = 0;  // node of the default configuration
  std::vector<FitPart> parts_;
};

}  // namespace hvk
