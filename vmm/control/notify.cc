// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/fd.h"

namespace hvk {

void notify_manager(std::string_view state) noexcept {
  const char* name = std::getenv("NOTIFY_SOCKET");
  if (!name) return;
  const size_t length = std::strlen(name);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (length < 2 || length > sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, name, length);
  // A name that begins with '@' is abstract: its first byte is 0, and its end is given by the
  // address's size alone.
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  const Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // Errors are ignored: a manager that does not listen needs no notification.
  ::sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace hvk
