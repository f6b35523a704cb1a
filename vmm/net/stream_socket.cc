// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/stream_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/local_socket.h"

namespace hvk {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;  // in nanoseconds
constexpr uint64_t kRetry = kSecond, kMostRetry = 60 * kSecond, kPatience = kSecond;
constexpr int kAttempts = 10;

uint64_t now() {
  timespec time;
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * kSecond + static_cast<uint64_t>(time.tv_nsec);
}

// Which of `events` is true of the descriptor now. That it has an error or has no other end any
// more is always among them.
short look(int fd, short events) {
  pollfd one = {fd, events, 0};
  return ::poll(&one, 1, 0) > 0 ? one.revents : short{0};
}

}  // namespace

StreamSocket::StreamSocket(const std::string& path) : what_("network " + path), path_(path) {
  // Of two that come at the same time one may lose each step to the other.
  for (int i = 0; i < kAttempts; ++i) {
    if (Fd peer = try_connect(what_, path)) {
      use_peer(std::move(peer));
      return;
    }
    listener_ = try_listen_at(what_, path);
    if (listener_) return;
  }
  throw SetupError(what_, "somebody listens there and takes no connection", "use another path");
}

StreamSocket::StreamSocket(Fd peer, const std::string& what) : what_(what) {
  use_peer(std::move(peer));
}

StreamSocket::~StreamSocket() {
  if (listener_) ::unlink(path_.c_str());
}

void StreamSocket::use_peer(Fd peer) {
  stream_.use(std::move(peer));
  flow_ = Flow::kOpen;
  up_ = true;
  joined_ = now();
}

void StreamSocket::attach(EventLoop& loop, NetUser& user, uint64_t) {
  loop_ = &loop;
  user_ = &user;
  wanted_ = true;
  flow_ = Flow::kOpen;
  retrying_.emplace(loop, retry_.get(), [this] { try_again(); });
  stalling_.emplace(loop, stall_.get(), [this] { stalled(); });
  if (listener_) listening_.emplace(loop, listener_.get(), [this] { accept_peer(); });
  if (stream_) {
    watch_peer();
  } else if (!listener_ && !path_.empty()) {
    retry_.repeat(retry_time_);
  }
}

void StreamSocket::detach() {
  for (auto* watch : {&listening_, &peer_, &retrying_, &stalling_}) watch->reset();
  retry_.repeat(0);
  stall_.set(0);
  loop_ = nullptr;
  user_ = nullptr;
}

// --- the other end -------------------------------------------------------------------------

void StreamSocket::watch_peer() {
  peer_.emplace(*loop_, stream_.fd(), [this] { ready(); });
  set_flow(flow_);
}

void StreamSocket::drop_peer(const std::string& why) {
  peer_.reset();
  stall_.set(0);
  flow_ = Flow::kOpen;
  stream_.close();
  up_ = false;
  // Who refuses this end at once is not to be asked each second for ever.
  const bool refused = now() - joined_ < kSecond;
  retry_time_ = refused ? std::min(2 * retry_time_, kMostRetry) : kRetry;
  if (!listener_ && !path_.empty()) retry_.repeat(retry_time_);
  user_->say(fmt::format("{}: {}; the guest's link is down{}", what_, why,
                         path_.empty() ? "" : " until there is another one"));
  user_->link_changed();
}

void StreamSocket::accept_peer() {
  Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!peer) {
    // It has gone again; or this process has no room for it, and then it is tried again later.
    const bool full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (full) listening_->want(false);
    if (full) retry_.repeat(kRetry);
    return;
  }
  // The last one may have gone without being noticed, while no packets were wanted.
  if (stream_ && (look(stream_.fd(), 0) & POLLHUP)) drop_peer("the other end has gone");
  if (stream_) {
    user_->say(fmt::format("{}: it joins two ends, a third one is refused", what_));
    return;
  }
  use_peer(std::move(peer));
  watch_peer();
  user_->link_changed();
}

void StreamSocket::try_again() {
  retry_.take();
  if (listening_) {
    retry_.repeat(0);
    return listening_->want(true);
  }
  if (stream_) return;
  Fd peer = try_connect(what_, path_);
  if (!peer) return;
  retry_.repeat(0);
  use_peer(std::move(peer));
  watch_peer();
  user_->link_changed();
}

// --- packets -------------------------------------------------------------------------------

void StreamSocket::ready() {
  // Readable, writable or both: which of them is asked only if it matters.
  if (flow_ != Flow::kOpen && look(stream_.fd(), POLLOUT) != 0) {
    const FrameStream::Sent rest = stream_.flush();
    if (rest == FrameStream::Sent::kGone) return drop_peer("the other end has gone");
    if (rest == FrameStream::Sent::kDone) {
      const bool waits = flow_ == Flow::kFull;
      stall_.set(0);
      set_flow(Flow::kOpen);
      if (waits) user_->sendable(0);
    }
  }
  if (wanted_) user_->receivable(0);
}

void StreamSocket::stalled() {
  stall_.take();
  if (flow_ != Flow::kFull) return;
  set_flow(Flow::kLost);
  user_->say(fmt::format("{}: the other end does not read, packets to it are lost", what_));
  user_->sendable(0);
}

void StreamSocket::set_flow(Flow flow) {
  flow_ = flow;
  if (peer_) peer_->want(wanted_, flow_ != Flow::kOpen);
}

std::span<const std::byte> StreamSocket::receive(unsigned) {
  const auto packet = stream_.receive();
  if (packet.empty() && !stream_.ended().empty()) drop_peer(std::string(stream_.ended()));
  return packet;
}

void StreamSocket::want_packets(unsigned, bool wanted) {
  wanted_ = wanted;
  set_flow(flow_);
}

Sent StreamSocket::send(unsigned, std::span<const iovec> packet) {
  if (!stream_ || flow_ == Flow::kLost) return Sent::kDone;
  switch (stream_.send(packet)) {
    case FrameStream::Sent::kDone:
      break;
    case FrameStream::Sent::kFull:
      stall_.set(now() + kPatience);
      set_flow(Flow::kFull);
      return Sent::kFull;
    case FrameStream::Sent::kGone:
      drop_peer("the other end has gone");
      break;
  }
  return Sent::kDone;
}

}  // namespace hvk
