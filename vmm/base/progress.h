// SPDX-License-Identifier: GPL-2.0-or-later
// How far a long step of the set-up is, on stderr if that is a terminal: nothing for steps that
// take less than half a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hvk {

// For the main thread, one at a time. The line goes when the step ends.
class Progress {
 public:
  // `what` is what is done, "loading Image", and `total` its size in any unit.
  Progress(std::string what, uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void at(uint64_t done);

  // From now on nothing is shown: guests have the terminal.
  static void end();

 private:
  using Clock = std::chrono::steady_clock;

  const std::string what_;
  const uint64_t total_;
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace hvk
