// SPDX-License-Identifier: GPL-2.0-or-later
// Limits of arm64 Linux that it does not report itself: it cuts off a command line that is too
// long, and it hangs before its first message on a CPU that does not support its page size.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace hvk {

// Throws SetupError if the command line in the device tree `tree` is longer than Linux keeps. `who`
// is the option that it comes from, for the message.
void check_command_line(std::span<const std::byte> tree, const std::string& who);

// Throws SetupError if a CPU with this ID_AA64MMFR0_EL1 does not support pages of `page_size`
// bytes. Does nothing if the page size is not known (0) or the register could not be read.
void check_page_size(uint64_t page_size, std::optional<uint64_t> id_aa64mmfr0,
                     const std::string& kernel);

}  // namespace hvk
