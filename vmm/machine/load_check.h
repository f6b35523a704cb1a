// SPDX-License-Identifier: GPL-2.0-or-later
// What was loaded into a guest's memory, to be found there unchanged before
// the guest's first instruction.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "image/sha256.h"

namespace hvk {

class LoadCheck {
 public:
  // `memory`, which outlives this object, has to begin with `size` bytes of
  // this digest, and to be zero from there on. `part` names it for the person.
  void expect(std::string part, std::span<const std::byte> memory, size_t size,
              const Digest& digest);

  // Reads all of it again. Throws SetupError naming the first part that is not
  // what was loaded.
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
