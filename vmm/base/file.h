// SPDX-License-Identifier: GPL-2.0-or-later
// Reads and writes whole files that the person named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"

namespace hvk {

// Reads all of `path`, which may be a pipe. Throws SetupError if it cannot be read or has more than
// `limit` bytes; `what` ("--kernel") begins the message, and `remedy` says what to do about a file
// that is too large.
std::vector<std::byte> read_file(const std::string& what, const std::string& path, uint64_t limit,
                                 const std::string& remedy = {});

// The steps of `read_file`: opens a file to read, and reads it from its beginning, as often as one
// likes unless it is a pipe. `name` begins the message of the second.
Fd open_file(const std::string& what, const std::string& path);
std::vector<std::byte> read_open_file(const std::string& name, int fd, uint64_t limit,
                                      const std::string& remedy = {});

// The size of a regular file in bytes; nothing for anything else.
std::optional<uint64_t> regular_size(int fd);

// Reads the beginning of a regular file, or with `all` a file of exactly place.size() bytes, to
// `place`. Throws SetupError, also if the file has another size by now. `name` begins the message.
void read_into(const std::string& name, int fd, std::span<std::byte> place, bool all);

// Throws the SetupError that says that the file `name` has more than `limit` bytes.
[[noreturn]] void throw_too_large(const std::string& name, uint64_t limit,
                                  const std::string& remedy);

// Writes all of `bytes` to `fd`, from `offset` in the file on. Returns false if that fails; errno
// then says why, and some bytes may have been written. Any thread.
bool write_at(int fd, std::span<const std::byte> bytes, uint64_t offset) noexcept;

// Creates `path`, or empties it, and writes `content` to it. Throws SetupError, whose message
// begins with `what`.
void write_file(const std::string& what, const std::string& path,
                std::span<const std::byte> content);

}  // namespace hvk
