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

// Where the data is may change after the signing (mkimage -E); what it is, is
// in the hashes.
constexpr std::string_view kUnsigned[] = {"data", "data-size", "data-position", "data-offset"};

bool is_unsigned(std::string_view property) {
  return std::find(std::begin(kUnsigned), std::end(kUnsigned), property) != std::end(kUnsigned);
}

bool is_signature(const FitTree& tree, int node) {
  return tree.name(node).starts_with("signature");
}

// How deep from here the signature goes.
enum class Cover { kNothing, kFrame, kAll };

// What one signature node says, or why it is of no use.
struct Signature {
  Bytes value;
  PublicKey::Padding padding = PublicKey::Padding::kPkcs15;
};

// Throws ImageError: the rest of a sentence about the signature.
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

// The strings of property names that were there when it was made.
Bytes signed_strings(const FitTree& tree, int node) {
  const std::optional<Bytes> range = tree.property(node, "hashed-strings");
  constexpr size_t kCells = 2;  // an offset that nobody uses, a size
  if (!range || range->size() < kCells * sizeof(fdt32_t)) {
    throw ImageError("does not say how many strings it covers");
  }
  const uint32_t size = fdt32_ld(reinterpret_cast<const fdt32_t*>(range->data()) + 1);
  if (size > fdt_size_dt_strings(tree.blob())) {
    throw ImageError("covers more strings than there are");
  }
  return tree.bytes().subspan(fdt_off_dt_strings(tree.blob()), size);
}

// Why a signature that says it covers less than it must will not do; or empty.
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

// Refuses a good signature whose own list of what it covers is not `nodes`. We
// need no list; U-Boot before 2026.04 has no other and refuses it too.
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

// How many signatures of one node are tried, each with a pass over what it covers:
// mkimage makes one for each key.
constexpr unsigned kMaxSignatures = 16;

// Tries each signature of `node` with `check`, which throws the rest of a
// sentence; throws what was wrong with the last one if none is good.
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
  std::vector<Cover> open;  // of the nodes around
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
