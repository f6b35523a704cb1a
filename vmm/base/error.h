// SPDX-License-Identifier: GPL-2.0-or-later
// The errors of set-up, in words for the person who started hvk-run.
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

// Thrown when the person's request contradicts itself, or contradicts the file that it names.
class UsageError : public SetupError {
 public:
  using SetupError::SetupError;
};

// Throws SetupError for a system call that failed; WHY is errno's text. It must be called before
// anything else can change errno.
[[noreturn]] inline void throw_errno(const std::string& what, const std::string& remedy = {}) {
  throw SetupError(what, std::strerror(errno), remedy);
}

}  // namespace hvk
