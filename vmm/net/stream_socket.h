// SPDX-License-Identifier: GPL-2.0-or-later
// Packets over a Unix stream socket: another guest, `passt`, or a program of hvk-run's own.
//
// Whoever comes first to a path listens there, the second connects. When the other end goes, the
// link is down until there is one again: who listened goes on listening, who connected tries to
// connect each second, or ever more rarely where it is refused. A third one is refused.
//
// An end that does not read holds this guest's queue for a second; then packets are lost, as on a
// network that is too slow, until it reads again.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "base/alarm.h"
#include "net/frame_stream.h"
#include "net/net_backend.h"

namespace hvk {

class StreamSocket : public NetBackend {
 public:
  // Connects to `path`, or listens there. Throws SetupError.
  explicit StreamSocket(const std::string& path);
  // A socket that is connected already. If its other end goes, there is no other; `what` is its
  // name for the person. Throws SetupError.
  StreamSocket(Fd peer, const std::string& what);
  ~StreamSocket() override;

  bool link_up() const override { return up_; }
  void attach(EventLoop& loop, NetUser& user, uint64_t features) override;
  void detach() override;
  std::span<const std::byte> receive(unsigned pair) override;
  void want_packets(unsigned pair, bool wanted) override;
  Sent send(unsigned pair, std::span<const iovec> packet) override;

 private:
  enum class Flow {
    kOpen,
    kFull,  // the device waits for `sendable`
    kLost,  // it waited too long: packets are lost
  };

  void use_peer(Fd peer);
  void watch_peer();
  void drop_peer(const std::string& why);
  void accept_peer();
  void try_again();
  void ready();
  void stalled();
  void set_flow(Flow flow);

  const std::string what_;
  const std::string path_;  // empty: the socket that was given is the only one
  Fd listener_;             // nothing: this end connects
  FrameStream stream_;
  std::atomic<bool> up_ = false;
  uint64_t joined_ = 0;                  // when the other end came, CLOCK_MONOTONIC in ns
  uint64_t retry_time_ = 1'000'000'000;  // between attempts to connect, in ns

  // While a device is attached.
  EventLoop* loop_ = nullptr;
  NetUser* user_ = nullptr;
  bool wanted_ = true;
  Flow flow_ = Flow::kOpen;
  Alarm retry_, stall_;
  std::optional<Watch> listening_, peer_, retrying_, stalling_;
};

}  // namespace hvk
