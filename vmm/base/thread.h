// SPDX-License-Identifier: GPL-2.0-or-later
// Starts all threads but the main one. They block signals: a session reads signals from a
// descriptor in the main thread, and the kernel must not deliver one to another thread.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <string>
#include <thread>
#include <utility>

#include "base/sandbox.h"

namespace hvk {

// Blocks signals in the calling thread as long as this object lives. Signals that an instruction of
// the thread itself raises (SIGSEGV and the like) are not blocked: their handlers restore the
// terminal.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t blocked;
    ::sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS}) {
      ::sigdelset(&blocked, fault);
    }
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// Starts a thread of this kind, which confines itself (sandbox.h). It takes no signals (it can
// unblock one, see kick.h). The host's tools show it as `name`, of at most 15 characters. `run` is
// called with the arguments that `Thread` passes: a std::jthread passes its stop token. Throws
// std::system_error.
template <typename Thread = std::thread, typename Run>
Thread start_thread(ThreadKind kind, std::string name, Run run) {
  // A thread inherits the signal mask of its creator.
  const BlockedSignals blocked;
  return Thread([kind, name = std::move(name), run = std::move(run)](auto... token) mutable {
    ::pthread_setname_np(::pthread_self(), name.c_str());
    sandbox::enter(kind);
    run(std::move(token)...);
  });
}

}  // namespace hvk
