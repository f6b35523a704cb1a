// SPDX-License-Identifier: GPL-2.0-or-later
// Sizes and times as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hvk {

// "256" is MiB; suffixes K, M and G, in either case, are powers of 1024. The
// size in bytes, or nothing for anything else, zero and overflow included.
std::optional<uint64_t> parse_size(std::string_view text);

// A note for messages about a size that was read from `text`: that a number without a suffix is in
// MiB, which its author may not have meant. Empty if the text has a suffix.
std::string bare_size_note(std::string_view text);

// "0x40080000", or decimal: an address. Nothing for anything else, overflow included.
std::optional<uint64_t> parse_address(std::string_view text);

// "31.5 MiB", "64 KiB", "100 bytes": for messages.
std::string format_size(uint64_t bytes);

// "64K", "2G": the shortest that parse_size() reads as `bytes`, a multiple of
// 1024.
std::string write_size(uint64_t bytes);

// "10ms", "2.5us": a number and ns, us, ms or s. The time in ns, or nothing
// for anything else: other units, parts of a nanosecond, overflow.
std::optional<uint64_t> parse_time(std::string_view text);

// "10ms", "2500ns": in the largest unit that needs no fraction, so that
// parse_time() reads it as `ns`.
std::string write_time(uint64_t ns);

}  // namespace hvk
