// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/load_check.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace hvk {

void LoadCheck::expect(std::string part, std::span<const std::byte> memory, size_t size,
                       const Digest& digest) {
  all_.push_back({std::move(part), memory, size, digest});
}

void LoadCheck::verify() const {
  for (const Expected& expected : all_) {
    const Digest found = sha256(expected.memory.first(expected.size));
    const auto rest = expected.memory.subspan(expected.size);
    const bool clear =
        std::all_of(rest.begin(), rest.end(), [](std::byte byte) { return byte == std::byte{0}; });
    if (found != expected.digest || !clear) {
      throw SetupError(expected.part + " in the guest's memory",
                       found != expected.digest ? "its SHA-256 is " + to_hex(found) + ", but " +
                                                      to_hex(expected.digest) + " was loaded"
                                                : "what follows it is not zero",
                       "the guest is not started");
    }
  }
}

}  // namespace hvk
