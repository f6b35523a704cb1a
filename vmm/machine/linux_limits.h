// SPDX-License-Identifier: GPL-2.0-or-later
// What arm64 Linux cannot do and would not tell: it keeps the beginning of a command line that is
// too long, and stands still, before its first line, on a CPU without its page size.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace hvk {

// Throws SetupError if Linux does not keep the whole command line of the device tree `tree`. `who`
// is the option that it is from.
void check_command_line(std::span<const std::byte> tree, const std::string& who);

// Throws SetupError if a CPU with this ID_AA64MMFR0_EL1 has no pages of `page_size` bytes. 0, a
// kernel that does not say, is taken; so is every one where the register is not known.
void check_page_size(uint64_t page_size, std::optional<uint64_t> id_aa64mmfr0,
                     const std::string& kernel);

}  // namespace hvk
