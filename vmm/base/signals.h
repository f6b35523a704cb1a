// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the signals that end or concern a session from a descriptor.
#pragma once

#include <signal.h>

#include "base/fd.h"

namespace hvk {

// Blocks these signals in the calling thread, and so in all threads that it starts, and delivers
// them through a file descriptor (signalfd(2)).
class Signals {
 public:
  // Throws SetupError.
  Signals();

  // Readable while a signal is pending.
  int fd() const { return fd_.get(); }

  // Takes the next pending signal and returns its number, or 0 if none is pending.
  int take() const;

 private:
  sigset_t set_;
  Fd fd_;
};

}  // namespace hvk
