// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/local_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <random>

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

// Whether somebody listens at the socket with this address. ECONNREFUSED alone means that nobody
// does: EAGAIN comes from a listener with a full queue.
bool is_alive(const std::string& what, const sockaddr_un& address) {
  const Fd probe = make_socket(what, SOCK_NONBLOCK);
  return connect(probe.get(), address) == 0 || errno != ECONNREFUSED;
}

// The folder of a path, and names in it. A socket gets its name only when it listens already, so
// that whoever finds it unused knows that its process has ended.
class Folder {
 public:
  Folder(const std::string& what, const std::string& path)
      : what_(what),
        fd_(::open(std::filesystem::path(path).parent_path().empty()
                       ? "."
                       : std::filesystem::path(path).parent_path().c_str(),
                   O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (!fd_) throw_errno(what + ": " + path);
    std::random_device random;
    private_name_ = fmt::format(".hvk-{:08x}{:08x}", random(), random());
  }

  int fd() const { return fd_.get(); }
  // A name that nobody else uses, and its address, which is short however long the folder's path.
  const std::string& private_name() const { return private_name_; }
  sockaddr_un private_address() const {
    return address_of(what_, fmt::format("/proc/self/fd/{}/{}", fd_.get(), private_name_));
  }

 private:
  const std::string what_;
  const Fd fd_;
  std::string private_name_;
};

// Removes the socket `name`, at which nobody listens. It gets the private name first: another
// process may remove it at the same time, and have put its own there already.
void remove_stale(const std::string& what, const Folder& folder, const std::string& name) {
  const std::string& taken = folder.private_name();
  if (::renameat(folder.fd(), name.c_str(), folder.fd(), taken.c_str()) != 0) return;
  if (is_alive(what, folder.private_address())) {
    ::linkat(folder.fd(), taken.c_str(), folder.fd(), name.c_str(), 0);
  }
  ::unlinkat(folder.fd(), taken.c_str(), 0);
}

}  // namespace

Fd try_listen_at(const std::string& what, const std::string& path) {
  const sockaddr_un address = address_of(what, path);
  const std::string name = std::filesystem::path(path).filename();
  const Folder folder(what, path);
  struct stat status;
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) {
      throw SetupError(what + ": " + path, "there is a file that is no socket", "use another path");
    }
    if (is_alive(what, address)) return {};
    remove_stale(what, folder, name);
  }
  Fd fd = make_socket(what, SOCK_NONBLOCK);
  const sockaddr_un own = folder.private_address();
  const std::string& taken = folder.private_name();
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof(own)) != 0) {
    throw_errno(what + ": " + path);
  }
  // bind() may have made it with a wider mode; until listen() nobody can connect anyway.
  const bool good = ::fchmodat(folder.fd(), taken.c_str(), 0600, 0) == 0 &&
                    ::listen(fd.get(), 8) == 0 &&
                    ::linkat(folder.fd(), taken.c_str(), folder.fd(), name.c_str(), 0) == 0;
  const int error = errno;
  ::unlinkat(folder.fd(), taken.c_str(), 0);
  if (good) return fd;
  errno = error;
  if (error != EEXIST) throw_errno(what + ": " + path);
  return {};
}

Fd listen_at(const std::string& what, const std::string& path) {
  Fd fd = try_listen_at(what, path);
  if (!fd) throw SetupError(what + ": " + path, "somebody uses it", "use another path");
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
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return fd && connect(fd.get(), address) == 0 ? std::move(fd) : Fd();
}

}  // namespace hvk
