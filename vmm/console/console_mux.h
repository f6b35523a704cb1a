// SPDX-License-Identifier: GPL-2.0-or-later
// Merges the consoles of many guests on one terminal, as whole lines that begin
// with their guest's name.
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

// Turns the guests' output into text for the terminal, "name| line\n". A line is
// shown when it is complete, so that the output of two guests never mixes within
// a line. `prompt` shows an unfinished line. If a line of another guest has to be
// shown then, it starts on a new line, and the unfinished one is shown again from
// its start when it is complete or at the next `prompt`. Only for one thread.
//
// A hostile guest in the background cannot make its output look like another
// guest's: its control characters, and bytes that are not UTF-8, are shown as
// escapes ("\x1b"). The guest in the foreground may move the cursor; but a carriage
// return takes it back only as far as behind the name, and if the cursor may have
// been moved, the name is written again before it leaves the line.
//
// With a clock, each line begins with the time in seconds at which its first byte was added:
// "[   12.345678] name| line\n".
class ConsoleMux {
 public:
  // A longer line is split into lines of this many bytes.
  static constexpr size_t kMaxLine = 4096;

  // Returns the time in nanoseconds for the lines' time stamps. If empty, lines have none.
  using Clock = std::function<uint64_t()>;

  explicit ConsoleMux(const std::vector<std::string>& names, Clock clock = {});

  // Puts `guest` in the foreground: from now on its bytes go to the terminal unchanged.
  // At first no guest is in the foreground. Returns the text to write for the change,
  // which ends an unfinished line on the terminal.
  std::string set_foreground(size_t guest);

  // Adds output of `guest`. Returns the text to write to the terminal.
  std::string add(size_t guest, std::span<const uint8_t> bytes);

  // `hides` says whether `guest` has an unfinished line that is not on the
  // terminal. `prompt` returns the text that shows it.
  bool hides(size_t guest) const { return open_ != guest && !guests_[guest].line.empty(); }
  std::string prompt(size_t guest);

  // An upper bound of how many of the last bytes added for `guest` were not part of
  // any returned text yet.
  size_t held(size_t guest) const;

  // Completes the unfinished line of `guest`, if there is one. Returns the text to write.
  std::string finish(size_t guest);

 private:
  struct Guest {
    std::string name;              // the name and the separator, "name| "
    std::string prefix;            // of the current line: the time, if lines have it, and `name`
    std::string line;              // the unfinished line, as it was added
    bool carriage_return = false;  // one was added last; it is dropped before a line feed
  };

  void add_byte(size_t guest, char byte, std::string& out);
  // Sets the prefix of the line that begins now.
  void begin_line(size_t guest);
  void extend(size_t guest, char byte, std::string& out);
  void end_line(size_t guest, std::string& out);
  void leave_open_line(std::string& out);
  // The guest's unfinished line with its prefix, made safe to be shown.
  std::string shown(size_t guest) const;
  // The prefix, at the start of the line, if the line may have moved the cursor and so have
  // overwritten it; else nothing.
  std::string name_again(size_t guest) const;

  const Clock clock_;
  std::vector<Guest> guests_;
  std::optional<size_t> foreground_;
  std::optional<size_t> open_;  // the guest whose unfinished line is shown, at the cursor
};

}  // namespace hvk
