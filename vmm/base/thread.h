// SPDX-License-Identifier: GPL-2.0-or-later
// Threads beside the main one. Signals are the main thread's: a session reads them from a
// descriptor, and whatever else runs must not be chosen to take one.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <string>
#include <thread>
#include <utility>

namespace hvk {

// Blocks signals in this thread as long as it lives. Those that an instruction of the thread
// itself raises (SIGSEGV and the like) are not blocked: their handlers restore the terminal.
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

// Starts a thread that takes no signals (it can unblock one, see kick.h) and is called `name`, at
// most 15 characters, in the host's tools. `run` gets what `Thread` gives it: of a std::jthread
// the stop token. Throws std::system_error.
template <typename Thread = std::thread, typename Run>
Thread start_thread(std::string name, Run run) {
  // A thread begins with its creator's signal mask.
  const BlockedSignals blocked;
  return Thread([name = std::move(name), run = std::move(run)](auto... token) mutable {
    ::pthread_setname_np(::pthread_self(), name.c_str());
    run(std::move(token)...);
  });
}

}  // namespace hvk
