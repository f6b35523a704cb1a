// SPDX-License-Identifier: GPL-2.0-or-later
#include "port/port_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/local_socket.h"
#include "base/log.h"
#include "base/pty.h"

namespace hvk {
namespace {

using Kind = PortConfig::Kind;

// How often to check whether a client has gone that is not waited for, as nothing is wanted of it,
// and to try again what fails for a while.
constexpr uint64_t kLookTime = 1'000'000'000;

}  // namespace

PortStream::PortStream(const PortConfig& config) : config_(config) {
  const std::string what = "--port " + config_.name;
  switch (config_.kind) {
    case Kind::kFile:
      stream_ = Fd(::open(config_.path.c_str(),
                          O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
      if (!stream_) throw_errno(what + ": " + config_.path);
      break;
    case Kind::kPty: {
      Pty pty = open_pty(what);
      stream_ = std::move(pty.master);
      slave_ = std::move(pty.slave);
      place_ = std::move(pty.name);
      break;
    }
    case Kind::kUnix:
      listener_ = listen_at(what, config_.path);
      break;
  }
}

PortStream::~PortStream() {
  if (listener_) ::unlink(config_.path.c_str());
}

void PortStream::attach(EventLoop& loop, PortUser& user, unsigned number) {
  loop_ = &loop;
  user_ = &user;
  number_ = number;
  read_ = write_ = stands_ = false;
  looking_.emplace(loop, look_.get(), [this] { look(); });
  if (listener_) listening_.emplace(loop, listener_.get(), [this] { accept_client(); });
  if (stream_) watch_stream();
}

void PortStream::detach() {
  for (auto* watch : {&listening_, &streaming_, &looking_}) watch->reset();
  look_.repeat(0);
  loop_ = nullptr;
  user_ = nullptr;
}

void PortStream::watch_stream() {
  // Files are always ready, and cannot be waited for.
  if (config_.kind == Kind::kFile) return;
  streaming_.emplace(*loop_, stream_.get(), [this] { user_->stream_ready(number_); });
  // One client at a time: another one waits in the listening socket's queue.
  if (listening_) listening_->want(false);
  want(read_, write_);
}

void PortStream::want(bool read, bool write) {
  read_ = read;
  write_ = write;
  if (!streaming_) return;
  read = read && !ended_;
  streaming_->want(read && !stands_, write && !stands_);
  look_.repeat(stands_ || (listener_ && !read && !write) ? kLookTime : 0);
}

void PortStream::look() {
  look_.take();
  if (std::exchange(stands_, false)) {
    if (listening_) listening_->want(!stream_);
    return want(read_, write_);
  }
  pollfd one = {stream_.get(), 0, 0};
  if (!listener_ || !stream_ || ::poll(&one, 1, 0) == 0) return;
  drop_client();
  user_->connected_changed(number_);
}

void PortStream::accept_client() {
  stream_ = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!stream_) {
    // The client has gone again, or there is no room for it now (EMFILE).
    stands_ = true;
    listening_->want(false);
    return look_.repeat(kLookTime);
  }
  ended_ = false;
  watch_stream();
  user_->connected_changed(number_);
}

void PortStream::drop_client() {
  streaming_.reset();
  look_.repeat(0);
  stream_ = Fd();
  listening_->want(true);
}

// What a system call says that moved bytes.
size_t PortStream::done(ssize_t result) {
  if (result > 0) return static_cast<size_t>(result);
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  pollfd one = {stream_.get(), 0, 0};
  if (listener_ && stream_ && result == 0 && ::poll(&one, 1, 0) == 0) {
    ended_ = true;
  } else if (listener_ && stream_) {
    drop_client();
  } else if (streaming_) {
    // A pseudo-terminal that was hung up (vhangup(2)), until another program opens it.
    stands_ = true;
  }
  return 0;
}

// The person is told once.
void PortStream::lose(int error) {
  if (config_.kind != Kind::kFile || std::exchange(lost_, true)) return;
  log(fmt::format("--port {}: {}: {}; what the guest writes is lost", config_.name, config_.path,
                  std::strerror(error)));
}

size_t PortStream::read(std::span<const iovec> to) {
  if (!stream_ || config_.kind == Kind::kFile) return 0;
  return done(::readv(stream_.get(), to.data(), static_cast<int>(to.size())));
}

size_t PortStream::write(std::span<const iovec> from) {
  if (!stream_) return 0;
  if (listener_) {
    msghdr message = {};
    message.msg_iov = const_cast<iovec*>(from.data());
    message.msg_iovlen = from.size();
    return done(::sendmsg(stream_.get(), &message, MSG_NOSIGNAL));
  }
  const ssize_t n = ::writev(stream_.get(), from.data(), static_cast<int>(from.size()));
  if (n >= 0) return static_cast<size_t>(n);
  if (errno == EINTR) return 0;
  // A full disk, or a pseudo-terminal that nobody reads: what the guest writes is lost, as it would
  // be behind a cable.
  lose(errno);
  size_t all = 0;
  for (const iovec& one : from) all += one.iov_len;
  return all;
}

}  // namespace hvk
