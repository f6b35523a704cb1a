// SPDX-License-Identifier: GPL-2.0-or-later
// The device tree that the guest gets: generated, or the user's own with additions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "board/bus.h"
#include "board/layout.h"
#include "machine/part.h"

namespace hvk {

class Gic;

// The contents of the node /chosen.
struct Chosen {
  std::string bootargs;
  std::optional<layout::Range> initrd;    // its IPA range
  std::array<std::byte, 32> rng_seed{};   // for the guest's random number generator
  std::array<std::byte, 8> kaslr_seed{};  // for the randomised address of its kernel
};

// Fills both seeds from the host's random number generator. Throws SetupError.
void fill_seeds(Chosen& chosen);

// Generates the machine's device tree. Every device on `bus` writes its own node, and then every
// part in `parts` its nodes. Throws std::runtime_error (board/fdt.h).
std::vector<std::byte> generate_tree(const Chosen& chosen, layout::Range ram, unsigned cpus,
                                     const Gic& gic, const Bus& bus, const Parts& parts = {});

// Returns the user's tree with the values that only hvk-run knows set in it:
// /memory, and in /chosen the initrd, the seeds, and bootargs unless they are
// empty. `file` is not trusted. Throws SetupError.
std::vector<std::byte> patch_tree(std::span<const std::byte> file, const Chosen& chosen,
                                  layout::Range ram);

}  // namespace hvk
