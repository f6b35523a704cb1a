// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/signals.h"

#include <sys/signalfd.h>

#include "base/error.h"

namespace hvk {

Signals::Signals() {
  ::sigemptyset(&set_);
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGCONT}) {
    // A signal that the parent process set to be ignored, as nohup does, stays ignored, except
    // SIGPIPE.
    struct sigaction old;
    ::sigaction(number, nullptr, &old);
    if (old.sa_handler != SIG_IGN || number == SIGPIPE) ::sigaddset(&set_, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  fd_ = Fd(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) throw_errno("signalfd");
}

int Signals::take() const {
  signalfd_siginfo info;
  return ::read(fd_.get(), &info, sizeof(info)) == sizeof(info) ? static_cast<int>(info.ssi_signo)
                                                                : 0;
}

}  // namespace hvk
