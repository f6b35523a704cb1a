// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/console_mux.h"

#include <fmt/format.h>

#include <utility>

#include "console/visible.h"

namespace hvk {
namespace {

// CAN ends an escape sequence that was begun: terminals would take what follows as a part of it. CR
// goes to the start of the line.
constexpr const char* kOutOfSequence = "\x18\r";

}  // namespace

ConsoleMux::ConsoleMux(const std::vector<std::string>& names, Clock clock)
    : clock_(std::move(clock)) {
  for (const std::string& name : names) guests_.push_back({name + "| ", name + "| ", {}, false});
}

std::string ConsoleMux::add(size_t guest, std::span<const uint8_t> bytes) {
  std::string out;
  for (const uint8_t byte : bytes) add_byte(guest, static_cast<char>(byte), out);
  return out;
}

void ConsoleMux::add_byte(size_t guest, char byte, std::string& out) {
  const bool returned = std::exchange(guests_[guest].carriage_return, byte == '\r');
  if (byte == '\n') return end_line(guest, out);
  if (byte == '\r') return;
  // A carriage return at the start of a line is dropped: it belongs to the end of the line before
  // ("\n\r").
  if (returned && !guests_[guest].line.empty()) extend(guest, '\r', out);
  extend(guest, byte, out);
}

std::string ConsoleMux::set_foreground(size_t guest) {
  std::string out;
  if (foreground_ == guest) return out;
  // End the unfinished line on the terminal: its guest's bytes were shown unchanged, which they may
  // not be in the background.
  leave_open_line(out);
  foreground_ = guest;
  return out;
}

void ConsoleMux::begin_line(size_t guest) {
  if (!clock_) return;
  const uint64_t us = clock_() / 1000;
  guests_[guest].prefix =
      fmt::format("[{:5}.{:06}] {}", us / 1'000'000, us % 1'000'000, guests_[guest].name);
}

void ConsoleMux::extend(size_t guest, char byte, std::string& out) {
  std::string& line = guests_[guest].line;
  if (line.empty()) begin_line(guest);
  line += byte;
  if (open_ == guest) out += byte == '\r' ? '\r' + guests_[guest].prefix : std::string(1, byte);
  if (line.size() >= kMaxLine) end_line(guest, out);
}

void ConsoleMux::end_line(size_t guest, std::string& out) {
  Guest& from = guests_[guest];
  if (from.line.empty()) begin_line(guest);
  if (open_ == guest) {
    open_.reset();
  } else {
    leave_open_line(out);
    out += shown(guest);
  }
  out += name_again(guest) + '\n';
  from.line.clear();
}

void ConsoleMux::leave_open_line(std::string& out) {
  if (open_) out += name_again(*open_) + '\n';
  open_.reset();
}

std::string ConsoleMux::shown(size_t guest) const {
  const Guest& from = guests_[guest];
  if (foreground_ != guest) return from.prefix + visible(from.line);
  std::string text = from.prefix;
  for (const char byte : from.line) {
    text += byte;
    if (byte == '\r') text += from.prefix;
  }
  return text;
}

std::string ConsoleMux::name_again(size_t guest) const {
  const Guest& from = guests_[guest];
  // All that may move the cursor is what is not shown as it is in the background. A carriage return
  // counts here too, although the prefix is written again after each.
  const bool moved = foreground_ == guest && visible(from.line) != from.line;
  return moved ? kOutOfSequence + from.prefix : "";
}

std::string ConsoleMux::prompt(size_t guest) {
  std::string out;
  if (!hides(guest)) return out;
  leave_open_line(out);
  out += shown(guest);
  open_ = guest;
  return out;
}

size_t ConsoleMux::held(size_t guest) const {
  const Guest& from = guests_[guest];
  return (open_ == guest ? 0 : from.line.size()) + (from.carriage_return ? 1 : 0);
}

std::string ConsoleMux::finish(size_t guest) {
  std::string out;
  if (!guests_[guest].line.empty()) end_line(guest, out);
  return out;
}

}  // namespace hvk
