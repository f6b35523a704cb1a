// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/console_mux.h"

#include <utility>

namespace hvk {

ConsoleMux::ConsoleMux(const std::vector<std::string>& names) {
  for (const std::string& name : names) guests_.push_back({name + "| ", {}, false});
}

std::string ConsoleMux::add(size_t guest, std::span<const uint8_t> bytes) {
  std::string out;
  for (const uint8_t byte : bytes) add_byte(guest, static_cast<char>(byte), out);
  return out;
}

void ConsoleMux::add_byte(size_t guest, char byte, std::string& out) {
  const bool returned = std::exchange(guests_[guest].carriage_return, byte == '\r');
  if (byte == '\n') return end_line(guest, out);
  if (returned) extend(guest, '\r', out);
  if (byte != '\r') extend(guest, byte, out);
}

void ConsoleMux::extend(size_t guest, char byte, std::string& out) {
  std::string& line = guests_[guest].line;
  line += byte;
  if (open_ == guest) out += byte;
  if (line.size() >= kMaxLine) end_line(guest, out);
}

void ConsoleMux::end_line(size_t guest, std::string& out) {
  Guest& from = guests_[guest];
  if (open_ == guest) {
    open_.reset();
  } else {
    leave_open_line(out);
    out += from.prefix + from.line;
  }
  out += '\n';
  from.line.clear();
}

void ConsoleMux::leave_open_line(std::string& out) {
  if (open_) out += '\n';
  open_.reset();
}

std::string ConsoleMux::prompt(size_t guest) {
  std::string out;
  if (!hides(guest)) return out;
  leave_open_line(out);
  out += guests_[guest].prefix + guests_[guest].line;
  open_ = guest;
  return out;
}

std::string ConsoleMux::finish() {
  std::string out;
  for (size_t guest = 0; guest < guests_.size(); ++guest) {
    if (!guests_[guest].line.empty()) end_line(guest, out);
  }
  return out;
}

}  // namespace hvk
