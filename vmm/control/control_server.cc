// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/control_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/local_socket.h"

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
                             std::function<ControlReply(std::string_view)> answer)
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
  bool stays = (events & (EPOLLHUP | EPOLLERR)) == 0 || (events & EPOLLIN) != 0;
  if (stays && (events & EPOLLIN) != 0) stays = read_lines(client);
  stays = stays && answer_lines(client) && write_answers(client);
  // One that has said all that it will is done when it has all its answers.
  if (!client.reads_on && !client.expects() && client.out.empty()) stays = false;
  if (stays) {
    watch_client(client, false);
  } else {
    clients_.erase(found);  // closing takes it out of the epoll set
  }
}

// What is to wake us for it; `soon`: in any case.
void ControlServer::watch_client(const Client& client, bool soon) {
  uint32_t events = 0;
  if (client.reads_on && client.topic.empty()) events |= EPOLLIN;
  if (soon || !client.out.empty()) events |= EPOLLOUT;
  watch(epoll_.get(), EPOLL_CTL_MOD, client.fd.get(), events);
}

// False: the client has gone.
bool ControlServer::read_lines(Client& client) {
  std::array<char, kMaxLine> bytes;
  const ssize_t n = ::recv(client.fd.get(), bytes.data(), bytes.size(), 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) client.reads_on = false;
  client.in.append(bytes.data(), static_cast<size_t>(n));
  return true;
}

// False: the client goes too far.
bool ControlServer::answer_lines(Client& client) {
  size_t start = 0;
  for (size_t end; client.topic.empty() && (end = client.in.find('\n', start)) != std::string::npos;
       start = end + 1) {
    ControlReply reply = answer_(std::string_view(client.in).substr(start, end - start));
    if (reply.then == ControlReply::Then::kWait) {
      client.topic = std::move(reply.text);
    } else {
      client.out += reply.text + "\n";
      client.listens |= reply.then == ControlReply::Then::kListen;
    }
  }
  client.in.erase(0, start);
  return client.out.size() < kMaxUnread && (!client.topic.empty() || client.in.size() < kMaxLine);
}

bool ControlServer::write_answers(Client& client) {
  while (!client.out.empty()) {
    const ssize_t n = ::send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    client.out.erase(0, static_cast<size_t>(n));
  }
  return true;
}

// Sends what there is now. It may be amidst the answer to this very client, or another one: who
// is to be dropped is found to have gone by `serve`.
void ControlServer::push(Client& client) {
  if (!write_answers(client) || client.out.size() >= kMaxUnread) {
    client.out.clear();
    ::shutdown(client.fd.get(), SHUT_RDWR);
  }
  watch_client(client, true);
}

void ControlServer::complete(std::string_view topic, std::string_view text) {
  for (auto& [fd, client] : clients_) {
    if (client.topic.empty() || client.topic != topic) continue;
    client.topic.clear();
    client.out.append(text).append("\n");
    push(client);
  }
}

void ControlServer::publish(std::string_view text) {
  for (auto& [fd, client] : clients_) {
    if (!client.listens) continue;
    client.out.append(text).append("\n");
    push(client);
  }
}

bool ControlServer::has_listeners() const {
  return std::any_of(clients_.begin(), clients_.end(),
                     [](const auto& client) { return client.second.listens; });
}

}  // namespace hvk
