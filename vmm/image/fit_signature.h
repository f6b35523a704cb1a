// SPDX-License-Identifier: GPL-2.0-or-later
// Verifies the signatures of a FIT image as U-Boot does.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/fit_tree.h"

namespace hvk {

class PublicKey;

namespace image {

// Whether `node`, a configuration or an image, has any signature, good or bad.
bool has_signature(const FitTree& tree, int node);

// Throws ImageError unless one of the signatures of `configuration` is `key`'s. A signature covers
// the tree's root, the configuration, and each image in `images` with its hashes but without its
// data. The caller takes `images` from the configuration, never from the signature's
// "hashed-nodes", which is not signed.
void verify_configuration(const FitTree& tree, int configuration, std::span<const int> images,
                          const PublicKey& key);

// Throws ImageError unless one of the signatures of the image `node` is `key`'s
// over `content`, its data.
void verify_image(const FitTree& tree, int node, std::span<const std::byte> content,
                  const PublicKey& key);

// Returns the pieces of the tree's structure block that a signature over `nodes` covers, in order:
// of each node in `nodes` the begin and end tags and the properties, except those that hold or
// place data; of a child of such a node that is not in `nodes` itself the begin and end tags; the
// tree's end tag.
std::vector<std::span<const std::byte>> signed_pieces(const FitTree& tree,
                                                      std::span<const int> nodes);

}  // namespace image
}  // namespace hvk
