// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/fit_signature.h"

#include <libfdt.h>

#include <algorithm>
#include <set>
#include <string>

#include "image/bytes.h"
#include "image/public_key.h"

namespace hvk::image {

namespace {

// The properties of a signed image that its configuration's signature does not cover. The place of
// the data may change after the signing (mkimage -E); the data itself is covered by its hashes.
constexpr std::string_view kUnsigned[] = {"data", "data-size", "data-position", "data-offset"};

bool is_unsigned(std::string_view property) {
  return std::find(std::begin(kUnsigned), std::end(kUnsigned), property) != std::end(kUnsigned);
}

bool is_signature(const FitTree& tree, int node) {
  return tree.name(node).starts_with("signature");
}

// What a signature covers of a node: nothing; its begin and end tags; these and its properties.
enum class Cover { kNothing, kFrame, kAll };

// The content of a signature node.
struct Signature {
  Bytes value;
  PublicKey::Padding padding = PublicKey::Padding::kPkcs15;
};

// Reads the signature node `node`. Throws ImageError if `key` cannot have made the signature; the
// text is the rest of a sentence that begins with "the signature of ...".
Signature read_signature(const FitTree& tree, int node, const PublicKey& key) {
  const std::string wanted = "sha256,rsa" + std::to_string(key.bits());
  const std::string algorithm = tree.text(node, "algo").value_or("");
  if (algorithm != wanted) {
    throw ImageError("is made by " + quote(algorithm) + ", and the key is for " + quote(wanted));
  }
  Signature signature;
  if (tree.property(node, "padding")) {
    const std::string padding = tree.text(node, "padding").value_or("");
    if (padding == "pss") {
      signature.padding = PublicKey::Padding::kPss;
    } else if (padding != "pkcs-1.5") {
      throw ImageError("has the unknown padding " + quote(padding));
    }
  }
  const std::optional<Bytes> value = tree.property(node, "value");
  if (!value) throw ImageError("was never made; 'mkimage -k KEYS' makes it");
  signature.value = *value;
  return signature;
}

// Returns the part of the tree's strings block, which holds the names of properties, that the
// signature `node` covers: as much from its start as there was when the image was signed. Throws
// ImageError as read_signature() does.
Bytes signed_strings(const FitTree& tree, int node) {
  const std::optional<Bytes> range = tree.property(node, "hashed-strings");
  constexpr size_t kCells = 2;  // an offset, which is not used, and a size
  if (!range || range->size() < kCells * sizeof(fdt32_t)) {
    throw ImageError("does not say how many strings it covers");
  }
  const uint32_t size = fdt32_ld(reinterpret_cast<const fdt32_t*>(range->data()) + 1);
  if (size > fdt_size_dt_strings(tree.blob())) {
    throw ImageError("covers more strings than there are");
  }
  return tree.bytes().subspan(fdt_off_dt_strings(tree.blob()), size);
}

// For a signature that did not verify: returns a hint for the message if the signature says itself
// (hashed-nodes) that it covers less than all of `images`, else an empty string.
std::string uncovered(const FitTree& tree, int node, std::span<const int> images) {
  const std::vector<std::string> told = tree.strings(node, "hashed-nodes");
  for (const int image : images) {
    if (std::find(told.begin(), told.end(), tree.path(image)) == told.end()) {
      return "; it was made without " + quote(tree.path(image)) +
             ", which its sign-images must cover";
    }
  }
  return {};
}

// Throws ImageError if a good signature's own list of what it covers (hashed-nodes) is not `nodes`.
// This verification does not need that list, but U-Boot before 2026.04 goes by it alone, and
// refuses such an image too.
void check_list(const FitTree& tree, int signature, std::span<const int> nodes) {
  std::set<int> told;
  for (const std::string& path : tree.strings(signature, "hashed-nodes")) {
    const int node = fdt_path_offset(tree.blob(), path.c_str());
    if (node >= 0) told.insert(node);
  }
  if (told != std::set<int>(nodes.begin(), nodes.end())) {
    throw ImageError("was changed: its hashed-nodes are not what it covers");
  }
}

// How many signatures a node may have: mkimage makes one for each key, and to try one takes a pass
// over all that it covers.
constexpr unsigned kMaxSignatures = 16;

// Calls `check` for each signature of `node` until one is good. For a bad one `check` throws
// ImageError with the rest of a sentence. If all are bad, throws the sentence about the last one.
template <typename Check>
void any_signature(const FitTree& tree, int node, const Check& check) {
  std::string why = "is missing";
  unsigned tried = 0;
  for (const int child : tree.children(node)) {
    if (!is_signature(tree, child)) continue;
    if (++tried > kMaxSignatures) {
      throw ImageError(quote(tree.path(node)) + " has more than " + std::to_string(kMaxSignatures) +
                       " signatures");
    }
    try {
      check(child);
      return;
    } catch (const ImageError& error) {
      why = error.what();
    }
  }
  throw ImageError("the signature of " + quote(tree.path(node)) + " " + why);
}

constexpr const char* kBad = "is not the key's: the image was changed, or signed with another key";

}  // namespace

bool has_signature(const FitTree& tree, int node) {
  const std::vector<int> children = tree.children(node);
  return std::any_of(children.begin(), children.end(),
                     [&](int child) { return is_signature(tree, child); });
}

std::vector<Bytes> signed_pieces(const FitTree& tree, std::span<const int> nodes) {
  const std::set<int> listed(nodes.begin(), nodes.end());
  const Bytes structure = tree.bytes().subspan(fdt_off_dt_struct(tree.blob()));
  std::vector<Bytes> pieces;
  std::vector<Cover> open;  // for each open node, `cover` outside of it
  Cover cover = Cover::kNothing;
  int next = 0;
  for (uint32_t tag = FDT_NOP; tag != FDT_END;) {
    const int offset = next;
    tag = fdt_next_tag(tree.blob(), offset, &next);
    bool wanted = true;
    switch (tag) {
      case FDT_BEGIN_NODE:
        open.push_back(cover);
        if (listed.contains(offset)) {
          cover = Cover::kAll;
        } else {
          cover = cover == Cover::kAll ? Cover::kFrame : Cover::kNothing;
        }
        wanted = cover != Cover::kNothing;
        break;
      case FDT_END_NODE:
        wanted = cover != Cover::kNothing;
        cover = open.back();
        open.pop_back();
        break;
      case FDT_PROP: {
        const char* name = nullptr;
        fdt_getprop_by_offset(tree.blob(), offset, &name, nullptr);
        wanted = cover == Cover::kAll && !is_unsigned(name);
        break;
      }
      case FDT_NOP:
        wanted = cover == Cover::kAll;
        break;
      default:
        break;
    }
    if (wanted) {
      pieces.push_back(
          structure.subspan(static_cast<size_t>(offset), static_cast<size_t>(next - offset)));
    }
  }
  return pieces;
}

void verify_configuration(const FitTree& tree, int configuration, std::span<const int> images,
                          const PublicKey& key) {
  std::vector<int> nodes = {FitTree::kRoot, configuration};
  for (const int image : images) {
    nodes.push_back(image);
    for (const int child : tree.children(image)) {
      if (tree.name(child).starts_with("hash")) nodes.push_back(child);
    }
  }
  std::vector<Bytes> pieces = signed_pieces(tree, nodes);
  any_signature(tree, configuration, [&](int node) {
    const Signature signature = read_signature(tree, node, key);
    pieces.push_back(signed_strings(tree, node));
    const bool good = key.verifies(pieces, signature.value, signature.padding);
    pieces.pop_back();
    if (!good) throw ImageError(kBad + uncovered(tree, node, images));
    check_list(tree, node, nodes);
  });
}

void verify_image(const FitTree& tree, int node, Bytes content, const PublicKey& key) {
  any_signature(tree, node, [&](int child) {
    const Signature signature = read_signature(tree, child, key);
    const Bytes pieces[] = {content};
    if (!key.verifies(pieces, signature.value, signature.padding)) throw ImageError(kBad);
  });
}

}  // namespace hvk::image
