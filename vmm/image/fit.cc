// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/fit.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "image/bytes.h"
#include "image/fit_signature.h"
#include "image/loaded.h"
#include "image/public_key.h"

namespace hvk {

namespace {

using image::Bytes;
using image::fits;
using image::FitTree;
using image::quote;

// Enough for a kernel, an initrd and a device tree of each of 64 guests, and the system file.
constexpr size_t kMaxParts = 193;
// How many names a configuration may have: each is looked up among the images, whether it names one
// or not, and these lookups must not take long.
constexpr size_t kMaxNames = 1024;

// Properties of a configuration that never name images.
constexpr std::string_view kNoImages[] = {"description", "compatible", "default"};
// Properties of a configuration that name nothing but images: another name there is an error.
constexpr std::string_view kImages[] = {"script",   "loadables", "kernel",     "ramdisk", "fdt",
                                        "firmware", "setup",     "standalone", "fpga"};

template <size_t n>
bool is_one_of(std::string_view word, const std::string_view (&words)[n]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

int need_child(const FitTree& tree, int node, const std::string& name) {
  const std::optional<int> child = tree.child(node, name);
  if (!child) {
    throw ImageError("a FIT image without " + quote(name) + " in " + quote(tree.path(node)));
  }
  return *child;
}

// Returns the bytes of the part `node`, which are in the tree or in the file behind it (mkimage -E,
// -p). Throws ImageError with the rest of a sentence that begins with the part's name.
Bytes content_of(const FitTree& tree, Bytes file, int node) {
  const std::optional<Bytes> data = tree.property(node, "data");
  const bool position = tree.property(node, "data-position").has_value();
  const bool offset = tree.property(node, "data-offset").has_value();
  if (data.has_value() + position + offset != 1) {
    throw ImageError(data || position || offset ? "has its data in more than one place"
                                                : "has no data");
  }
  if (data) return *data;
  const auto from = tree.cell(node, position ? "data-position" : "data-offset");
  const auto size = tree.cell(node, "data-size");
  if (!from || !size) throw ImageError("has data outside the tree, but not where and how much");
  // data-offset counts from the tree's end, rounded up to a cell; data-position from the file's
  // start.
  const uint64_t end_of_tree = (tree.bytes().size() + 3) & ~uint64_t{3};
  const uint64_t start = position ? *from : end_of_tree + *from;
  if (start < tree.bytes().size()) throw ImageError("has its data on top of the tree");
  if (!fits(start, *size, file.size())) {
    throw ImageError("has " + std::to_string(*size) + " bytes at " + std::to_string(start) +
                     ", but the file has " + std::to_string(file.size()) + ": it is cut off");
  }
  return file.subspan(start, *size);
}

// Returns the digest in the hash node `node`. Throws ImageError with the rest of a sentence that
// begins with the part's name.
Digest read_digest(const FitTree& tree, int node) {
  const std::optional<std::string> algorithm = tree.text(node, "algo");
  if (!algorithm) throw ImageError("has a hash without its algorithm");
  if (*algorithm != "sha256") {
    throw ImageError("has a hash by " + quote(*algorithm) +
                     "; only sha256 is taken: write algo = \"sha256\" in its hash node");
  }
  const std::optional<Bytes> value = tree.property(node, "value");
  Digest digest;
  if (!value || value->size() != digest.size()) {
    throw ImageError("has a SHA-256 that does not have 32 bytes");
  }
  std::copy(value->begin(), value->end(), digest.begin());
  return digest;
}

// Checks `content` against every hash node of the image `node`, and returns its SHA-256. Throws
// ImageError with the rest of a sentence that begins with the part's name.
Digest check_digests(const FitTree& tree, int node, Bytes content) {
  std::optional<Digest> actual;
  for (const int child : tree.children(node)) {
    const std::string name = tree.name(child);
    if (name.starts_with("signature")) continue;
    if (!name.starts_with("hash")) {
      throw ImageError("has " + quote(name) + " in it; only hashes and signatures are understood");
    }
    const Digest told = read_digest(tree, child);
    if (!actual) actual = sha256(content);
    if (told != *actual) {
      throw ImageError("is damaged or was changed: its SHA-256 is " + to_hex(*actual) +
                       ", but the image says " + to_hex(told));
    }
  }
  if (!actual) {
    throw ImageError("has no hash; give it hash-1 { algo = \"sha256\"; } in the .its file");
  }
  return *actual;
}

// Throws ImageError if a byte of the file belongs to two parts.
void check_overlap(std::span<const FitPart> parts) {
  std::vector<const FitPart*> sorted;
  for (const FitPart& part : parts) {
    if (!part.content.empty()) sorted.push_back(&part);
  }
  std::sort(sorted.begin(), sorted.end(), [](const FitPart* a, const FitPart* b) {
    return a->content.data() < b->content.data();
  });
  for (size_t i = 1; i < sorted.size(); ++i) {
    const Bytes before = sorted[i - 1]->content;
    if (before.data() + before.size() > sorted[i]->content.data()) {
      throw ImageError("its parts " + quote(sorted[i - 1]->name) + " and " +
                       quote(sorted[i]->name) + " overlap");
    }
  }
}

}  // namespace

bool Fit::matches(Bytes file) { return image::has_magic(file, 0, "\xd0\x0d\xfe\xed"); }

Fit::Fit(std::vector<std::byte> file) : file_(std::move(file)), tree_(file_) {
  // mkimage writes both properties, and U-Boot's fit_check_sign requires them.
  for (const char* name : {"description", "timestamp"}) {
    if (!tree_.property(FitTree::kRoot, name)) {
      throw ImageError(std::string("a device tree without ") + name + ", not a FIT image");
    }
  }
  images_ = need_child(tree_, FitTree::kRoot, "images");
  const int configurations = need_child(tree_, FitTree::kRoot, "configurations");
  const std::optional<std::string> name = tree_.text(configurations, "default");
  if (!name) throw ImageError("a FIT image without a default configuration");
  configuration_ = need_child(tree_, configurations, *name);
  for (const std::string& property : tree_.properties(configuration_)) add_parts(property);
  if (parts_.empty()) throw ImageError("a FIT image whose configuration names no images");
  // Overlaps are refused before any digest is made, so that all digests together take no more than
  // one pass over the file.
  check_overlap(parts_);
  for (FitPart& part : parts_) add_digest(part);
}

void Fit::add_parts(const std::string& property) {
  if (is_one_of(property, kNoImages)) return;
  for (const std::string& name : tree_.strings(configuration_, property)) {
    if (++names_ > kMaxNames) {
      throw ImageError("a FIT image whose configuration names more than " +
                       std::to_string(kMaxNames) + " things");
    }
    if (const std::optional<int> node = tree_.child(images_, name)) {
      add_part(*node);
    } else if (is_one_of(property, kImages)) {
      throw ImageError("its configuration's " + quote(property) + " names " + quote(name) +
                       ", which is not among its images");
    }
  }
}

void Fit::add_part(int node) {
  for (const FitPart& part : parts_) {
    if (part.node == node) return;
  }
  std::string name = tree_.name(node);
  if (tree_.property(node, "hvk,file")) {
    const std::optional<std::string> file = tree_.text(node, "hvk,file");
    if (!file) throw ImageError("its part " + quote(name) + " has a file name of no use");
    name = *file;
  }
  if (find(name)) throw ImageError("two of its parts are named " + quote(name));
  if (parts_.size() == kMaxParts) {
    throw ImageError("a FIT image with more than " + std::to_string(kMaxParts) + " parts");
  }
  try {
    parts_.push_back({name, node, content_of(tree_, file_, node), {}});
  } catch (const ImageError& error) {
    throw ImageError("its part " + quote(name) + " " + error.what());
  }
}

void Fit::add_digest(FitPart& part) const {
  try {
    part.digest = check_digests(tree_, part.node, part.content);
  } catch (const ImageError& error) {
    throw ImageError("its part " + quote(part.name) + " " + error.what());
  }
}

const FitPart& Fit::system() const {
  const std::vector<std::string> names = tree_.strings(configuration_, "script");
  if (names.size() != 1) {
    throw ImageError(
        "a FIT image without a system: its configuration's \"script\" must name the system file");
  }
  const int node = need_child(tree_, images_, names[0]);
  return *std::find_if(parts_.begin(), parts_.end(),
                       [node](const FitPart& part) { return part.node == node; });
}

const FitPart* Fit::find(std::string_view name) const {
  for (const FitPart& part : parts_) {
    if (part.name == name) return &part;
  }
  return nullptr;
}

Digest Fit::digest_of(Bytes bytes) const {
  for (const FitPart& part : parts_) {
    if (part.content.data() == bytes.data() && part.content.size() == bytes.size()) {
      return part.digest;
    }
  }
  return sha256(bytes);
}

Fit::Signed Fit::verify(const PublicKey& key) const {
  if (image::has_signature(tree_, configuration_)) {
    std::vector<int> images;
    for (const FitPart& part : parts_) images.push_back(part.node);
    image::verify_configuration(tree_, configuration_, images, key);
    return Signed::kConfiguration;
  }
  for (const FitPart& part : parts_) {
    if (!image::has_signature(tree_, part.node)) {
      throw ImageError("it is not signed: neither its configuration nor its part " +
                       quote(part.name) + " has a signature; 'mkimage -k KEYS' makes one");
    }
    image::verify_image(tree_, part.node, part.content, key);
  }
  return Signed::kParts;
}

}  // namespace hvk
