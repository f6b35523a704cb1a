// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/pty.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>

#include <array>

#include "base/error.h"

namespace hvk {

Pty open_pty(const std::string& what) {
  int master = -1, slave = -1;
  std::array<char, 128> name = {};
  if (::openpty(&master, &slave, name.data(), nullptr, nullptr) != 0) throw_errno(what + ": pty");
  Pty pty{Fd(master), Fd(slave), name.data()};
  // The default mode lets the terminals' group write to it.
  ::fchmod(slave, 0600);
  termios modes = {};
  ::tcgetattr(slave, &modes);
  ::cfmakeraw(&modes);
  ::tcsetattr(slave, TCSANOW, &modes);
  ::fcntl(master, F_SETFL, O_NONBLOCK);
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  return pty;
}

}  // namespace hvk
