// SPDX-License-Identifier: GPL-2.0-or-later
// Many consoles on one terminal: whole lines, each with its guest's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hvk {

// Turns output of guests into text for the terminal, "name| line\n". A line is
// shown when it is complete, so that no two guests meet within one; `prompt`
// shows one that is not. If another guest's line comes then, it goes on a new
// line, and the unfinished one is shown again from its start when there is
// more of it. Not for several threads.
//
// Lines say whose they are, also if a guest does its worst: of all guests but the
// one in the foreground control bytes are shown as escapes ("\x1b"), and so is
// what is not UTF-8. The one in the foreground may move the cursor; a carriage
// return brings it behind the name only, and the name is written once more before
// its line is left.
//
// With a clock, the time at which a line's first byte came here stands before the name, in
// seconds: "[   12.345678] name| line\n".
class ConsoleMux {
 public:
  // What never ends is cut into lines of this many bytes.
  static constexpr size_t kMaxLine = 4096;

  // Nanoseconds of the clock that lines are stamped with; empty: they are not.
  using Clock = std::function<uint64_t()>;

  explicit ConsoleMux(const std::vector<std::string>& names, Clock clock = {});

  // Whose bytes go to the terminal as they are, from now on; and what to write for
  // that: a line that another guest has begun there is left. At first nobody's are.
  std::string set_foreground(size_t guest);

  // What to write now that `guest` has sent `bytes`.
  std::string add(size_t guest, std::span<const uint8_t> bytes);

  // Whether `guest` has begun a line that is not shown; and what to write to
  // show it.
  bool hides(size_t guest) const { return open_ != guest && !guests_[guest].line.empty(); }
  std::string prompt(size_t guest);

  // How many of the bytes last given for `guest` no text for the terminal has had yet,
  // at most.
  size_t held(size_t guest) const;

  // What to write at the end: the guest's line, if it has begun one.
  std::string finish(size_t guest);

 private:
  struct Guest {
    std::string name;              // and what separates it from the line
    std::string prefix;            // of the line: the name, behind the time if lines have one
    std::string line;              // unfinished, as it came
    bool carriage_return = false;  // dropped if a line feed follows, or a line begins
  };

  void add_byte(size_t guest, char byte, std::string& out);
  // A line begins.
  void begin_line(size_t guest);
  void extend(size_t guest, char byte, std::string& out);
  void end_line(size_t guest, std::string& out);
  void leave_open_line(std::string& out);
  // The guest's line with its name, as it may be seen.
  std::string shown(size_t guest) const;
  // The name at the line's start again, if the line could have been moved in.
  std::string name_again(size_t guest) const;

  const Clock clock_;
  std::vector<Guest> guests_;
  std::optional<size_t> foreground_;
  std::optional<size_t> open_;  // whose line the cursor is in; all of it is shown
};

}  // namespace hvk
