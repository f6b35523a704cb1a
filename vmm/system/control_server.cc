// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/control_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "vmm/error.h"
#include "vmm/local_socket.h"

namespace hvk {
namespace {

void watch(int epoll, int operation, int fd, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  ::epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

ControlServer::ControlServer(const std::string& path,
                             std::function<std::string(std::string_view)> answer)
    : path_(path),
      answer_(std::move(answer)),
      listener_(listen_at("--control", path)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw_errno("--control");
  watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), EPOLLIN);
}

ControlServer::~ControlServer() { ::unlink(path_.c_str()); }

void ControlServer::serve() {
  std::array<epoll_event, kMaxClients + 1> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd == listener_.get()) {
      accept_client();
    } else {
      serve_client(events[i].data.fd, events[i].events);
    }
  }
}

void ControlServer::accept_client() {
  Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return;
  const int number = fd.get();
  if (clients_.size() >= kMaxClients) {
    constexpr std::string_view kFull = "error: too many clients\n";
    ::send(number, kFull.data(), kFull.size(), MSG_NOSIGNAL);
    return;
  }
  clients_[number].fd = std::move(fd);
  watch(epoll_.get(), EPOLL_CTL_ADD, number, EPOLLIN);
}

void ControlServer::serve_client(int fd, uint32_t events) {
  const auto found = clients_.find(fd);
  if (found == clients_.end()) return;
  Client& client = found->second;
  const bool reads = (events & ~EPOLLOUT) != 0;
  if ((reads && !read_lines(client)) || !write_answers(client)) {
    clients_.erase(found);  // closing takes it out of the epoll set
    return;
  }
  watch(epoll_.get(), EPOLL_CTL_MOD, fd, EPOLLIN | (client.out.empty() ? 0u : EPOLLOUT));
}

// False: the client has gone, or goes too far.
bool ControlServer::read_lines(Client& client) {
  std::array<char, kMaxLine> bytes;
  const ssize_t n = ::recv(client.fd.get(), bytes.data(), bytes.size(), 0);
  if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
  client.in.append(bytes.data(), static_cast<size_t>(n));
  size_t start = 0;
  for (size_t end; (end = client.in.find('\n', start)) != std::string::npos; start = end + 1) {
    client.out += answer_(std::string_view(client.in).substr(start, end - start)) + "\n";
  }
  client.in.erase(0, start);
  return client.in.size() < kMaxLine && client.out.size() < kMaxUnread;
}

bool ControlServer::write_answers(Client& client) {
  while (!client.out.empty()) {
    const ssize_t n = ::send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    client.out.erase(0, static_cast<size_t>(n));
  }
  return true;
}

}  // namespace hvk
