// SPDX-License-Identifier: GPL-2.0-or-later
// Checks by digests, before a guest's first instruction, that its memory still
// holds what was loaded.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "image/sha256.h"

namespace hvk {

class LoadCheck {
 public:
  // Adds a region to check: the first `size` bytes of `memory` must have the
  // SHA-256 `digest`, and the rest must be zero. `memory` must outlive this
  // object. `part` names the region in messages.
  void expect(std::string part, std::span<const std::byte> memory, size_t size,
              const Digest& digest);

  // Checks all regions. Throws SetupError that names the first one whose content
  // has changed.
  void verify() const;

 private:
  struct Expected {
    std::string part;
    std::span<const std::byte> memory;
    size_t size;
    Digest digest;
  };
  std::vector<Expected> all_;
};

}  // namespace hvk
