// SPDX-License-Identifier: GPL-2.0-or-later
// Sizes and times as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hvk {

// Parses a size: "256" is in MiB; the suffixes K, M and G, in either case, are powers of 1024.
// Returns the size in bytes, or nothing for anything else, zero and overflow included.
std::optional<uint64_t> parse_size(std::string_view text);

// Returns a note for messages about a size that was parsed from `text`: it says that a number
// without a suffix is in MiB, which the author may not have meant. Empty if `text` has a suffix.
std::string bare_size_note(std::string_view text);

// Parses an address: "0x40080000", or decimal. Returns nothing for anything else, overflow
// included.
std::optional<uint64_t> parse_address(std::string_view text);

// Formats a size for messages: "31.5 MiB", "64 KiB", "100 bytes".
std::string format_size(uint64_t bytes);

// Returns "64K", "2G": the shortest text that parse_size() reads as `bytes`, which must be a
// multiple of 1024.
std::string write_size(uint64_t bytes);

// Parses a time: "10ms", "2.5us", a number and ns, us, ms or s. Returns the time in ns, or nothing
// for anything else: other units, fractions of a nanosecond, overflow.
std::optional<uint64_t> parse_time(std::string_view text);

// Returns "10ms", "2500ns": the time in the largest unit that needs no fraction. parse_time() reads
// it as `ns`.
std::string write_time(uint64_t ns);

}  // namespace hvk
