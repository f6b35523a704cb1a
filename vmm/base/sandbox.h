// SPDX-License-Identifier: GPL-2.0-or-later
// What hvk-run gives up once it is set up, so that a guest that has broken into it reaches no more
// than its own devices: new privileges, capabilities, paths (Landlock, where the kernel has it),
// and system calls (a seccomp filter for each kind of thread).
//
// A thread confines itself as it starts, the main thread when the guests have started. A system
// call that is not allowed ends the process, with a line that names it.
#pragma once

#include <string>
#include <vector>

#include "base/thread_kind.h"

namespace hvk {

namespace sandbox {

struct Options {
  // The threads of windows have real-time priorities.
  bool keeps_realtime = false;
  // There are sockets to which a device connects again when their other end comes back.
  bool connects = false;
  // Folders of sockets that are removed at the end.
  std::vector<std::string> socket_folders;
};

// From now on `enter` confines threads. To be called before the first thread is started. Throws
// SetupError.
void prepare(const Options& options);

// Takes from the calling thread, of ThreadKind::kDisk, what it needed to make its ring. Does
// nothing if it is not confined.
void close_rings() noexcept;

// `call` is called before the process ends because of a system call that is not allowed, in a
// signal handler of any thread; null ends that.
void before_end(void (*call)()) noexcept;

// Confines the calling thread, for good. Does nothing without `prepare`. If it cannot be, the
// process ends with a line that says why.
void enter(ThreadKind kind) noexcept;

}  // namespace sandbox
}  // namespace hvk
