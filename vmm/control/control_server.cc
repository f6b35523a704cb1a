// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/control_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/local_socket.h"

namespace hvk {
namespace {

constexpr uint64_t kAgainTime = 1'000'000'000;  // ns

// Whether the client has closed its socket for both directions, by poll(2)'s POLLHUP or POLLERR.
bool has_gone(const Fd& fd) {
  pollfd look = {fd.get(), 0, 0};
  return ::poll(&look, 1, 0) == 1;
}

}  // namespace

ControlServer::ControlServer(EventLoop& loop, const std::string& path,
                             std::function<ControlReply(std::string_view)> answer)
    : loop_(loop),
      path_(path),
      answer_(std::move(answer)),
      listener_(listen_at("--control", path)),
      listening_(loop, listener_.get(), [this] { accept_client(); }),
      trying_(loop, again_.get(), [this] {
        again_.repeat(0);
        listening_.want(true);
      }) {}

ControlServer::~ControlServer() { ::unlink(path_.c_str()); }

void ControlServer::accept_client() {
  Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) {
    // The client has gone again, or there is no room for it now (EMFILE): it is tried later.
    listening_.want(false);
    return again_.repeat(kAgainTime);
  }
  const int number = fd.get();
  if (clients_.size() >= kMaxClients) forget_gone();
  if (clients_.size() >= kMaxClients) {
    constexpr std::string_view kFull = "error: too many clients\n";
    ::send(number, kFull.data(), kFull.size(), MSG_NOSIGNAL);
    return;
  }
  Client& client = clients_[number];
  client.fd = std::move(fd);
  client.watch = std::make_unique<Watch>(loop_, number, [this, number] { serve_client(number); });
}

void ControlServer::serve_client(int fd) {
  const auto found = clients_.find(fd);
  Client& client = found->second;
  bool stays = !client.dropped;
  if (stays && client.is_read()) stays = read_lines(client);
  stays = stays && answer_lines(client) && write_answers(client) && !client.dropped;
  // A client that sends nothing more is finished once it has got all its answers.
  if (!client.reads_on && !client.expects() && client.out.empty()) stays = false;
  if (stays) {
    watch_client(client, false);
  } else {
    clients_.erase(found);
  }
}

// Forgets clients that have disconnected. The loop does not notice that for a client that is not
// read from, such as one that waits for an answer. To be called where the number of clients counts.
void ControlServer::forget_gone() {
  std::erase_if(clients_, [](const auto& client) {
    return !client.second.is_read() && has_gone(client.second.fd);
  });
}

// Sets for which events the loop watches the client. With `soon`, the client is served again at
// the next round, once its socket can be written.
void ControlServer::watch_client(const Client& client, bool soon) {
  client.watch->want(client.is_read(), soon || !client.out.empty());
}

// Reads what the client has sent. Returns false if the connection failed.
bool ControlServer::read_lines(Client& client) {
  std::array<char, kMaxLine> bytes;
  const ssize_t n = ::recv(client.fd.get(), bytes.data(), bytes.size(), 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) client.reads_on = false;
  client.in.append(bytes.data(), static_cast<size_t>(n));
  return true;
}

// Answers all complete lines, until one has to wait for its answer. Returns false if a line is too
// long or if the client has left too many answers unread.
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

// Sends answers until all are sent or the socket is full. Returns false if the connection failed.
bool ControlServer::write_answers(Client& client) {
  while (!client.out.empty()) {
    const ssize_t n = ::send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    client.out.erase(0, static_cast<size_t>(n));
  }
  return true;
}

// Sends the client's answers as far as possible. This function may be called while this client or
// another one is being answered, so it must not erase a client: it only marks it as dropped, and
// serve_client() erases it.
void ControlServer::push(Client& client) {
  if (!write_answers(client) || client.out.size() >= kMaxUnread) {
    client.out.clear();
    client.dropped = true;
    ::shutdown(client.fd.get(), SHUT_RDWR);  // so that the loop serves it soon
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

bool ControlServer::has_listeners() {
  forget_gone();
  return std::any_of(clients_.begin(), clients_.end(),
                     [](const auto& client) { return client.second.listens; });
}

}  // namespace hvk
