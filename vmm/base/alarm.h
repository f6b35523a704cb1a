// SPDX-License-Identifier: GPL-2.0-or-later
// A time at which a descriptor becomes readable.
#pragma once

#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/error.h"
#include "base/fd.h"

namespace hvk {

class Alarm {
 public:
  // Throws SetupError.
  Alarm() : fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (!fd_) throw_errno("timerfd");
  }

  // Expires once, when CLOCK_MONOTONIC reaches `ns`; 0 stops it. Replaces an earlier setting.
  void set(uint64_t ns) {
    itimerspec when = {};
    when.it_value = split(ns);
    ::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
  }

  // Expires every `ns` nanoseconds from now on; 0 stops it. Replaces an earlier setting.
  void repeat(uint64_t ns) {
    const itimerspec when = {split(ns), split(ns)};
    ::timerfd_settime(fd_.get(), 0, &when, nullptr);
  }

  // The descriptor: readable from the expiry until `take` is called. `take` never blocks.
  int get() const { return fd_.get(); }
  void take() const {
    uint64_t count;
    [[maybe_unused]] const ssize_t n = ::read(fd_.get(), &count, sizeof(count));
  }

 private:
  static timespec split(uint64_t ns) {
    constexpr uint64_t kSecond = 1'000'000'000;
    return {static_cast<time_t>(ns / kSecond), static_cast<long>(ns % kSecond)};
  }

  Fd fd_;
};

}  // namespace hvk
