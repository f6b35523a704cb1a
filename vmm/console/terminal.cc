// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "base/log.h"
#include "base/sandbox.h"

namespace hvk {
namespace {

constexpr int kFatalSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};

// Global for the signal handlers. Written before they are installed and only read
// afterwards.
termios saved_modes;

void restore() { ::tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes); }

void restore_and_die(int number) {
  restore();
  // SA_RESETHAND has restored the default action, so this ends the process.
  ::raise(number);
}

void set_fatal_handlers(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (int number : kFatalSignals) ::sigaction(number, &action, nullptr);
}

}  // namespace

Terminal::Terminal() : is_tty_(::isatty(STDIN_FILENO) == 1) {
  if (is_tty_ && ::tcgetattr(STDIN_FILENO, &saved_modes) != 0) is_tty_ = false;
  if (is_tty_) {
    set_fatal_handlers(restore_and_die);
    sandbox::before_end(restore);
  }
  resume();
}

Terminal::~Terminal() {
  if (!is_tty_) return;
  if (raw_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_modes);
  set_fatal_handlers(SIG_DFL);
  sandbox::before_end(nullptr);
}

void Terminal::resume() {
  // In the background, tcsetattr() would stop the process by SIGTTOU.
  if (!is_tty_ || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) {
    raw_ = false;
    return;
  }
  termios modes = saved_modes;
  modes.c_iflag &=
      ~static_cast<tcflag_t>(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  modes.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  modes.c_cflag = (modes.c_cflag & ~static_cast<tcflag_t>(CSIZE | PARENB)) | CS8;
  // Output processing stays on, so that hvk-run's own messages start in the first column.
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  raw_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) == 0;
}

size_t Terminal::read(std::span<uint8_t> buffer) {
  const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (n > 0) return static_cast<size_t>(n);
  if (n == 0 || (errno != EINTR && errno != EAGAIN)) open_ = false;
  return 0;
}

StdoutSink::StdoutSink() : nothing_(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {}

void StdoutSink::close() {
  closed_ = true;
  // A thread that has already checked closed_ must not block in its write(): /dev/null takes it.
  if (nothing_) ::dup2(nothing_.get(), STDOUT_FILENO);
}

bool StdoutSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (closed_.load(std::memory_order_relaxed)) return false;
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
      continue;
    }
    switch (errno) {
      case EINTR:
        break;
      case EAGAIN: {
        // Another process that shares this open file has made it non-blocking.
        pollfd wait = {STDOUT_FILENO, POLLOUT, 0};
        ::poll(&wait, 1, -1);
        break;
      }
      case EPIPE:
        closed_ = true;
        broken_.signal();
        return false;
      default:
        // stdout is closed or its disk is full. The guest runs on, but its output is lost.
        if (!told_.exchange(true)) {
          log(fmt::format("standard output: {}; the guest runs on, its console is lost",
                          std::strerror(errno)));
        }
        return false;
    }
  }
  return true;
}

}  // namespace hvk
