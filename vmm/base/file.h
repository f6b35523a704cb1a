// SPDX-License-Identifier: GPL-2.0-or-later
// Files that the person named, whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hvk {

// Reads all of `path`, pipes included. `what` ("--kernel") begins the message
// of the SetupError that is thrown if it cannot be read or has more than
// `limit` bytes; `remedy` says what to do about the latter.
std::vector<std::byte> read_file(const std::string& what, const std::string& path, uint64_t limit,
                                 const std::string& remedy = {});

// Throws SetupError: the file `name` has more than `limit` bytes.
[[noreturn]] void throw_too_large(const std::string& name, uint64_t limit,
                                  const std::string& remedy);

// Writes all of `bytes` from `offset` on. False: errno says why. Any thread.
bool write_at(int fd, std::span<const std::byte> bytes, uint64_t offset) noexcept;

// Writes `path` anew. Throws SetupError.
void write_file(const std::string& what, const std::string& path,
                std::span<const std::byte> content);

}  // namespace hvk
