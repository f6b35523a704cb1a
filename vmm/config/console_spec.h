// SPDX-License-Identifier: GPL-2.0-or-later
// Where a console goes, in words: "terminal", "file=PATH", "pty", "unix=PATH",
// "none"; the same in a system file and on the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/system_config.h"

namespace hvk {

// What a message says was expected.
inline constexpr const char* kConsoleWords = "terminal, file=PATH, pty, unix=PATH or none";

// Nothing if `spec` is none of these, or its path is empty, has a control
// character, or is too long for a socket's.
std::optional<ConsoleConfig> parse_console(std::string_view spec);

// The words that parse_console() reads as `console`.
std::string write_console(const ConsoleConfig& console);

// Whether a socket can be bound there: 1 to 107 bytes, printable.
bool is_socket_path(std::string_view path);

}  // namespace hvk
