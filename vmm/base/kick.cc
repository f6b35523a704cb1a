// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/kick.h"

#include <pthread.h>
#include <signal.h>

namespace hvk {
namespace {

int kick_signal() { return SIGRTMIN; }

// The handler does nothing: the signal's only purpose is that the system call returns EINTR.
void ignore_kick(int) {}

}  // namespace

void install_kick() {
  struct sigaction action = {};
  action.sa_handler = ignore_kick;  // no SA_RESTART: the system call must return
  ::sigaction(kick_signal(), &action, nullptr);
}

void unblock_kick() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, kick_signal());
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void kick(std::thread& thread) { ::pthread_kill(thread.native_handle(), kick_signal()); }

}  // namespace hvk
