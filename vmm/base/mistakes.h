// SPDX-License-Identifier: GPL-2.0-or-later
// The mistakes of one system file, collected so that its author sees them all
// at once.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hvk {

// All mistakes of a file; what() has them one a line.
class SystemFileError : public std::runtime_error {
 public:
  // Each "FILE:LINE: what is wrong, what was expected; remedy".
  explicit SystemFileError(std::vector<std::string> mistakes);
  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  std::vector<std::string> mistakes_;
};

class Mistakes {
 public:
  explicit Mistakes(std::string file) : file_(std::move(file)) {}

  // `text` is "WHAT, expected WHAT; REMEDY".
  void add(uint32_t line, std::string text);

  // Throws SystemFileError with all of them by line, if there are any.
  void throw_if_any() const;

 private:
  struct Mistake {
    uint32_t line;
    std::string text;
  };
  std::string file_;
  std::vector<Mistake> mistakes_;
};

// What the author wrote, in quotes and fit for a terminal: control characters are replaced, and a
// long text is cut.
std::string in_quotes(std::string_view text);

// "partition 'linux': kernel Image: No such file": what went wrong while a guest was set up. `what`
// calls keys as the command line does, "--kernel".
std::string of_partition(std::string_view name, std::string_view what);

// "; did you mean 'NAME'?" with the name of `known` that is nearest to `name`,
// or nothing if none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace hvk
