// SPDX-License-Identifier: GPL-2.0-or-later
// The device tree that the guest is handed: generated, or the user's own.
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

// What goes into /chosen.
struct Chosen {
  std::string bootargs;
  std::optional<layout::Range> initrd;    // IPA
  std::array<std::byte, 32> rng_seed{};   // for the guest's random generator
  std::array<std::byte, 8> kaslr_seed{};  // for its kernel's load address
};

// Random seeds from the host's generator.
void fill_seeds(Chosen& chosen);

// The machine's device tree. Every device on `bus` writes its own node, and after them `parts`
// theirs.
std::vector<std::byte> generate_tree(const Chosen& chosen, layout::Range ram, unsigned cpus,
                                     const Gic& gic, const Bus& bus, const Parts& parts = {});

// The user's tree, hostile as any file, with what only hvk-run knows: /memory,
// /chosen's initrd and seeds, and its bootargs if there are any. Throws
// SetupError.
std::vector<std::byte> patch_tree(std::span<const std::byte> file, const Chosen& chosen,
                                  layout::Range ram);

}  // namespace hvk
