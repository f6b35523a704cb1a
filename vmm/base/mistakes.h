// SPDX-License-Identifier: GPL-2.0-or-later
// The mistakes in one system file, collected so that its author sees all of them at once.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"

namespace hvk {

// All mistakes in a file; what() has them one per line.
class SystemFileError : public std::runtime_error {
 public:
  // Each mistake is "FILE:LINE: what is wrong, what was expected; remedy".
  explicit SystemFileError(std::vector<std::string> mistakes);
  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  std::vector<std::string> mistakes_;
};

class Mistakes {
 public:
  explicit Mistakes(std::string_view file) : file_(printable(file)) {}

  // `text` is "WHAT, expected WHAT; REMEDY". It is made printable.
  void add(uint32_t line, std::string_view text);

  // Throws SystemFileError with all mistakes, sorted by line, if there are any.
  void throw_if_any() const;

 private:
  struct Mistake {
    uint32_t line;
    std::string text;
  };
  std::string file_;
  std::vector<Mistake> mistakes_;
};

// Returns `text`, which the file's author or the person at the command line wrote, in quotes, cut
// to 80 bytes and made printable.
std::string in_quotes(std::string_view text);

// Returns "partition 'linux': kernel Image: No such file", the message of an error in a guest's
// set-up. `what` is the error's text; if it begins with an option of the command line ("--kernel")
// the dashes are dropped, so that it names the system file's key.
std::string of_partition(std::string_view name, std::string_view what);

// Returns "; did you mean 'NAME'?" with the name in `known` that is nearest to `name` by edit
// distance, or an empty string if none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace hvk
