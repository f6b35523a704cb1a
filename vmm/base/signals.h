// SPDX-License-Identifier: GPL-2.0-or-later
// The signals that end or concern a session.
#pragma once

#include <signal.h>

#include "base/fd.h"

namespace hvk {

// Blocks these signals in the calling thread, and so in all threads that it starts, and delivers
// them through a file descriptor.
class Signals {
 public:
  Signals();

  int fd() const { return fd_.get(); }

  // The next signal, or 0.
  int take() const;

 private:
  sigset_t set_;
  Fd fd_;
};

}  // namespace hvk
