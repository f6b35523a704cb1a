// SPDX-License-Identifier: GPL-2.0-or-later
// The signatures of a FIT image, verified as U-Boot does.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/fit_tree.h"

namespace hvk {

class PublicKey;

namespace image {

// Whether a configuration or an image has any, good or bad.
bool has_signature(const FitTree& tree, int node);

// Throws ImageError unless one of the signatures of `configuration` is `key`'s.
// They are made over the tree's root, the configuration, and of each image in
// `images` all but its data, its hashes included; which these are the
// configuration itself says, never the signature's "hashed-nodes".
void verify_configuration(const FitTree& tree, int configuration, std::span<const int> images,
                          const PublicKey& key);

// Throws ImageError unless one of the signatures of the image `node` is `key`'s
// over `content`, its data.
void verify_image(const FitTree& tree, int node, std::span<const std::byte> content,
                  const PublicKey& key);

// The pieces of the tree's structure block that a signature over `nodes` is
// made of, in order: of a node that is listed its begin, end and properties,
// but those that hold or place data; of a listed node's child that is not
// listed the begin and the end; the end of the tree.
std::vector<std::span<const std::byte>> signed_pieces(const FitTree& tree,
                                                      std::span<const int> nodes);

}  // namespace image
}  // namespace hvk
