// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/local_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

#include "base/error.h"

namespace hvk {
namespace {

sockaddr_un address_of(const std::string& what, const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    throw SetupError(what + ": " + path, "no name for a socket", "at most 107 characters");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

int connect(int fd, const sockaddr_un& address) {
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

Fd make_socket(const std::string& what, int flags) {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (!fd) throw_errno(what);
  return fd;
}

// Removes the socket at `path` if nobody listens on it. Throws SetupError if there is a socket that
// is in use, or a file of another kind.
void remove_stale(const std::string& what, const std::string& path, const sockaddr_un& address) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) {
    throw SetupError(what + ": " + path, "there is a file that is no socket", "use another path");
  }
  // ECONNREFUSED alone means that nobody listens: EAGAIN comes from a listener with a full queue.
  const Fd probe = make_socket(what, SOCK_NONBLOCK);
  if (connect(probe.get(), address) == 0 || errno != ECONNREFUSED) {
    throw SetupError(what + ": " + path, "somebody uses it", "use another path");
  }
  ::unlink(path.c_str());
}

}  // namespace

Fd listen_at(const std::string& what, const std::string& path) {
  const sockaddr_un address = address_of(what, path);
  remove_stale(what, path, address);
  Fd fd = make_socket(what, SOCK_NONBLOCK);
  // bind() may create the socket with a wider mode; until listen() nobody can connect anyway.
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), 8) != 0) {
    throw_errno(what + ": " + path);
  }
  return fd;
}

Fd connect_to(const std::string& what, const std::string& path) {
  const sockaddr_un address = address_of(what, path);
  Fd fd = make_socket(what, 0);
  if (connect(fd.get(), address) != 0) {
    throw_errno(what + ": " + path, "does hvk-run --control unix=PATH run?");
  }
  return fd;
}

Fd try_connect(const std::string& what, const std::string& path) {
  const sockaddr_un address = address_of(what, path);
  Fd fd = make_socket(what, SOCK_NONBLOCK);
  return connect(fd.get(), address) == 0 ? std::move(fd) : Fd();
}

}  // namespace hvk
