// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/user_link.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace hvk {
namespace {

using vhost_user::Header;
using vhost_user::Request;

// The longest request of a back end that is read, in bytes: longer ones than any that are known.
constexpr size_t kMostRequest = 4096;

// Room for the descriptors that may come with a message. The kernel closes what has no room.
constexpr size_t kMostFiles = 4;

const char* name_of(Request request) {
  switch (request) {
    case Request::kGetFeatures:
      return "GET_FEATURES";
    case Request::kSetFeatures:
      return "SET_FEATURES";
    case Request::kSetOwner:
      return "SET_OWNER";
    case Request::kSetMemTable:
      return "SET_MEM_TABLE";
    case Request::kSetVringNum:
      return "SET_VRING_NUM";
    case Request::kSetVringAddr:
      return "SET_VRING_ADDR";
    case Request::kSetVringBase:
      return "SET_VRING_BASE";
    case Request::kGetVringBase:
      return "GET_VRING_BASE";
    case Request::kSetVringKick:
      return "SET_VRING_KICK";
    case Request::kSetVringCall:
      return "SET_VRING_CALL";
    case Request::kSetVringErr:
      return "SET_VRING_ERR";
    case Request::kGetProtocolFeatures:
      return "GET_PROTOCOL_FEATURES";
    case Request::kSetProtocolFeatures:
      return "SET_PROTOCOL_FEATURES";
    case Request::kGetQueueNum:
      return "GET_QUEUE_NUM";
    case Request::kSetVringEnable:
      return "SET_VRING_ENABLE";
    case Request::kSetBackendReqFd:
      return "SET_BACKEND_REQ_FD";
    case Request::kGetConfig:
      return "GET_CONFIG";
    case Request::kGetInflightFd:
      return "GET_INFLIGHT_FD";
    case Request::kSetInflightFd:
      return "SET_INFLIGHT_FD";
  }
  return "?";
}

int64_t now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

bool would_block() { return errno == EAGAIN || errno == EINTR; }

// One recvmsg() that does not wait. Descriptors that come with it are put into `files`.
ssize_t receive_now(int fd, std::span<std::byte> bytes, std::vector<Fd>& files) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))> control;
  iovec part = {bytes.data(), bytes.size()};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t n = ::recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n < 0) return n;
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one; one = CMSG_NXTHDR(&message, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int file;
      std::memcpy(&file, CMSG_DATA(one) + i * sizeof(int), sizeof(file));
      files.emplace_back(file);
    }
  }
  return n;
}

// One sendmsg() that does not wait, with `file` unless that is -1.
ssize_t send_now(int fd, std::span<iovec> parts, int file) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
  msghdr message = {};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  if (file >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* one = CMSG_FIRSTHDR(&message);
    one->cmsg_level = SOL_SOCKET;
    one->cmsg_type = SCM_RIGHTS;
    one->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(one), &file, sizeof(file));
  }
  return ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

bool UserLink::give_up(const std::string& why) {
  if (why_.empty()) why_ = why;
  return false;
}

void UserLink::new_work() { until_ = now() + patience_; }

// Waits until the connection is ready, and answers the back end's own requests meanwhile: it may
// wait for such an answer before it goes on.
bool UserLink::wait(short events) {
  for (;;) {
    const Time left = until_ - now();
    if (left <= 0) {
      return give_up(fmt::format("its back end has not answered for {} ms", patience_));
    }
    pollfd all[] = {{socket_.get(), events, 0}, {requests(), POLLIN, 0}, {interrupt_, POLLIN, 0}};
    const int n = ::poll(all, std::size(all), static_cast<int>(left));
    if (n < 0 && errno != EINTR) return give_up(std::strerror(errno));
    if (n <= 0) continue;
    if (all[2].revents) {
      interrupted_ = true;
      return give_up("something else had to be done");
    }
    if (all[1].revents && !take_requests()) return false;
    if (all[0].revents) return true;
  }
}

bool UserLink::send(Request request, uint32_t flags, std::span<const std::byte> payload, int fd) {
  Header header = {static_cast<uint32_t>(request), flags, static_cast<uint32_t>(payload.size())};
  std::array<iovec, 2> parts = {iovec{&header, sizeof(header)},
                                iovec{const_cast<std::byte*>(payload.data()), payload.size()}};
  size_t left = sizeof(header) + payload.size();
  while (left > 0) {
    const ssize_t n = send_now(socket_.get(), parts, fd);
    if (n < 0 && !would_block()) return give_up("its back end has gone");
    if (n < 0 && !wait(POLLOUT)) return false;
    if (n < 0) continue;
    fd = -1;  // it went with the first bytes
    left -= static_cast<size_t>(n);
    auto sent = static_cast<size_t>(n);
    for (iovec& part : parts) {
      const size_t step = std::min(sent, part.iov_len);
      part.iov_base = static_cast<std::byte*>(part.iov_base) + step;
      part.iov_len -= step;
      sent -= step;
    }
  }
  return true;
}

bool UserLink::receive_bytes(std::span<std::byte> bytes, Fd* file) {
  while (!bytes.empty()) {
    std::vector<Fd> files;
    const ssize_t n = receive_now(socket_.get(), bytes, files);
    if (n < 0 && would_block()) {
      if (!wait(POLLIN)) return false;
      continue;
    }
    if (n <= 0) return give_up("its back end has gone");
    if (file && !files.empty()) *file = std::move(files.front());
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return true;
}

bool UserLink::receive(Request request, std::span<std::byte> answer, Fd* file) {
  Header header;
  if (!receive_bytes(std::as_writable_bytes(std::span(&header, 1)), file)) return false;
  if (header.request != static_cast<uint32_t>(request) ||
      (header.flags & (vhost_user::kVersionMask | vhost_user::kReply)) !=
          (vhost_user::kVersion | vhost_user::kReply)) {
    return give_up(fmt::format("its back end breaks the protocol: request {} answers {}",
                               header.request, name_of(request)));
  }
  if (header.size != answer.size()) {
    return give_up(fmt::format("its back end answers {} with {} bytes, expected {}",
                               name_of(request), header.size, answer.size()));
  }
  return receive_bytes(answer, file);
}

bool UserLink::tell(Request request, std::span<const std::byte> payload, int fd) {
  if (!why_.empty()) return false;
  const uint32_t flags = vhost_user::kVersion | (acknowledged_ ? vhost_user::kNeedReply : 0u);
  if (!send(request, flags, payload, fd)) return false;
  if (!acknowledged_) return true;
  uint64_t error = 0;
  if (!receive(request, std::as_writable_bytes(std::span(&error, 1)), nullptr)) return false;
  if (error == 0) return true;
  return give_up(fmt::format("its back end refuses {}", name_of(request)));
}

bool UserLink::ask(Request request, std::span<const std::byte> payload, std::span<std::byte> answer,
                   Fd* file) {
  if (!why_.empty()) return false;
  return send(request, vhost_user::kVersion, payload, -1) && receive(request, answer, file);
}

bool UserLink::look() {
  std::byte byte;
  std::vector<Fd> files;
  const ssize_t n = receive_now(socket_.get(), std::span(&byte, 1), files);
  if (n < 0 && would_block()) return why_.empty();
  return give_up(n > 0 ? "its back end breaks the protocol: it speaks unasked"
                       : "its back end has gone");
}

bool UserLink::open_requests() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return give_up(std::strerror(errno));
  }
  requests_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  return tell(Request::kSetBackendReqFd, std::span<const std::byte>(), theirs.get());
}

bool UserLink::take_requests() {
  // What is there, at most one message at a time; descriptors that come with it are closed.
  const size_t have = request_.size();
  Header header = {};
  size_t want = sizeof(header);
  if (have >= sizeof(header)) {
    std::memcpy(&header, request_.data(), sizeof(header));
    want += header.size;
  }
  request_.resize(want);
  std::vector<Fd> files;
  const ssize_t n =
      receive_now(requests_.get(), std::span(request_).subspan(have, want - have), files);
  request_.resize(have + (n > 0 ? static_cast<size_t>(n) : 0));
  if (n < 0 && would_block()) return true;
  if (n <= 0) {
    // It has no more to say; whether it has gone, the connection tells.
    requests_ended_ = true;
    return true;
  }
  if (request_.size() < sizeof(header)) return true;
  std::memcpy(&header, request_.data(), sizeof(header));
  if (header.size > kMostRequest) {
    return give_up(
        fmt::format("its back end breaks the protocol: a request of {} bytes", header.size));
  }
  if (request_.size() < sizeof(header) + header.size) return true;
  request_.clear();
  const bool known = header.request == vhost_user::kConfigChanged;
  config_changed_ = config_changed_ || known;
  if (!(header.flags & vhost_user::kNeedReply)) return true;
  struct {
    Header header;
    uint64_t error;
  } __attribute__((packed))
  answer = {{header.request, vhost_user::kVersion | vhost_user::kReply, sizeof(uint64_t)}, !known};
  iovec part = {&answer, sizeof(answer)};
  if (send_now(requests_.get(), std::span(&part, 1), -1) == sizeof(answer)) return true;
  return give_up("its back end does not read the answers to its requests");
}

}  // namespace hvk
