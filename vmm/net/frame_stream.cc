// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/frame_stream.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/virtio_net_abi.h"

namespace hvk {
namespace {

constexpr size_t kLength = 4;  // bytes of a length
constexpr size_t kShortest = 14;
constexpr size_t kBuffer = kLength + kMostPacket;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

void FrameStream::use(Fd socket) {
  socket_ = std::move(socket);
  ended_.clear();
  begin_ = end_ = 0;
  out_.clear();
  sent_ = 0;
}

std::span<const std::byte> FrameStream::receive() {
  if (!socket_ || !ended_.empty()) return {};
  if (const auto packet = next(); !packet.empty() || !ended_.empty()) return packet;
  in_.resize(kBuffer);
  // What is left is less than a packet: it goes to the front, where the rest of it has room.
  if (begin_ > 0) std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  const ssize_t n = ::recv(socket_.get(), in_.data() + end_, in_.size() - end_, MSG_DONTWAIT);
  if (n > 0) {
    end_ += static_cast<size_t>(n);
    return next();
  }
  if (n == 0 || !would_block()) {
    ended_ = n == 0 ? "the other end has gone" : std::strerror(errno);
  }
  return {};
}

// The first packet that is there as a whole.
std::span<const std::byte> FrameStream::next() {
  while (end_ - begin_ >= kLength) {
    uint32_t length;
    std::memcpy(&length, in_.data() + begin_, kLength);
    length = ntohl(length);
    if (length > kMostPacket) {
      ended_ = "the other end sends a packet of " + std::to_string(length) +
               " bytes, expected at most " + std::to_string(kMostPacket);
      return {};
    }
    if (end_ - begin_ < kLength + length) return {};
    const auto packet = std::span<const std::byte>(in_).subspan(begin_ + kLength, length);
    begin_ += kLength + length;
    if (length >= kShortest) return packet;
  }
  return {};
}

FrameStream::Sent FrameStream::failed() const { return would_block() ? Sent::kFull : Sent::kGone; }

FrameStream::Sent FrameStream::send(std::span<const iovec> packet) {
  if (const Sent rest = flush(); rest != Sent::kDone) return rest;
  size_t size = 0;
  for (const iovec& vector : packet) size += vector.iov_len;
  const uint32_t length = htonl(static_cast<uint32_t>(size));
  size += kLength;
  vectors_.assign(1, {const_cast<uint32_t*>(&length), kLength});
  vectors_.insert(vectors_.end(), packet.begin(), packet.end());
  msghdr message = {};
  message.msg_iov = vectors_.data();
  message.msg_iovlen = vectors_.size();
  const ssize_t n = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0) return failed();
  size_t skip = static_cast<size_t>(n);
  if (skip == size) return Sent::kDone;
  out_.reserve(size - skip);
  for (const iovec& vector : vectors_) {
    const size_t skipped = std::min(skip, vector.iov_len);
    const auto* from = static_cast<const std::byte*>(vector.iov_base);
    out_.insert(out_.end(), from + skipped, from + vector.iov_len);
    skip -= skipped;
  }
  return Sent::kDone;
}

FrameStream::Sent FrameStream::flush() {
  if (!socket_) return Sent::kGone;
  while (sent_ < out_.size()) {
    const ssize_t n = ::send(socket_.get(), out_.data() + sent_, out_.size() - sent_,
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) return failed();
    sent_ += static_cast<size_t>(n);
  }
  out_.clear();
  sent_ = 0;
  return Sent::kDone;
}

}  // namespace hvk
