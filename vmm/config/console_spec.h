// SPDX-License-Identifier: GPL-2.0-or-later
// The textual form of a console's destination: "terminal", "file=PATH", "pty",
// "unix=PATH" or "none". A system file and the command line share it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/system_config.h"

namespace hvk {

// The accepted forms, for error messages.
inline constexpr const char* kConsoleWords = "terminal, file=PATH, pty, unix=PATH or none";

// Parses `spec`. Returns nothing if it has none of these forms, or if its path
// is empty, has a control character, or is too long for a socket.
std::optional<ConsoleConfig> parse_console(std::string_view spec);

// Returns the text that parse_console() reads as `console`.
std::string write_console(const ConsoleConfig& console);

// Whether `path` can name a Unix socket: 1 to 107 bytes, no control characters.
bool is_socket_path(std::string_view path);

}  // namespace hvk
