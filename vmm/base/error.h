// SPDX-License-Identifier: GPL-2.0-or-later
// What goes wrong while a guest is set up, in words for the person who asked.
#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace hvk {

// Thrown at set-up, caught once in main, printed as "WHAT: WHY; REMEDY".
class SetupError : public std::runtime_error {
 public:
  explicit SetupError(const std::string& what, const std::string& why = {},
                      const std::string& remedy = {})
      : std::runtime_error(what + (why.empty() ? "" : ": " + why) +
                           (remedy.empty() ? "" : "; " + remedy)) {}
};

// Thrown when what the person asked for contradicts itself, or the file that it is about.
class UsageError : public SetupError {
 public:
  using SetupError::SetupError;
};

// Throws SetupError for a system call that failed; WHY is errno's text. To be called before
// anything else can change errno.
[[noreturn]] inline void throw_errno(const std::string& what, const std::string& remedy = {}) {
  throw SetupError(what, std::strerror(errno), remedy);
}

}  // namespace hvk
