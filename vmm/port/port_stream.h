// SPDX-License-Identifier: GPL-2.0-or-later
// The host's end of a named port: a file, a pseudo-terminal, or a socket with one client at a time.
//
// It outlives the guest's restarts; each machine's device attaches itself to it. Threads: all
// functions from `attach` to `detach`, and the calls of its user, are in the thread of the device's
// worker.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/alarm.h"
#include "base/event_loop.h"
#include "base/fd.h"
#include "config/devices.h"

namespace hvk {

// The device, as the host's end of one of its ports sees it. Never called from within a call of the
// device's.
class PortUser {
 public:
  virtual ~PortUser() = default;
  // A client has come, or has gone.
  virtual void connected_changed(unsigned port) = 0;
  // There may be something to read, or room to write.
  virtual void stream_ready(unsigned port) = 0;
};

class PortStream {
 public:
  // Opens the file, makes the pseudo-terminal or listens at the socket. Throws SetupError.
  explicit PortStream(const PortConfig& config);
  ~PortStream();
  PortStream(const PortStream&) = delete;
  PortStream& operator=(const PortStream&) = delete;

  const std::string& name() const { return config_.name; }
  // The name of the pseudo-terminal, for the person; empty for other kinds.
  const std::string& place() const { return place_; }

  // From now on `user` is told of what happens, as of its port `number`. Both references are valid
  // until `detach`.
  void attach(EventLoop& loop, PortUser& user, unsigned number);
  void detach();

  // Whether there is somebody to write to.
  bool connected() const { return static_cast<bool>(stream_); }
  // What `stream_ready` is wanted for.
  void want(bool read, bool write);
  // Return the number of bytes, and 0 if there is nothing to read, or no room, now. A client that
  // has gone is noticed: `connected` is then false, and `connected_changed` does not follow.
  size_t read(std::span<const iovec> to);
  size_t write(std::span<const iovec> from);

 private:
  void watch_stream();
  void accept_client();
  void drop_client();
  void look();
  size_t done(ssize_t result);
  void lose(int error);

  const PortConfig config_;
  std::string place_;
  Fd listener_, slave_, stream_;

  // While a device is attached.
  EventLoop* loop_ = nullptr;
  PortUser* user_ = nullptr;
  unsigned number_ = 0;
  bool read_ = false, write_ = false;
  bool ended_ = false;   // the client sends no more, and may still read
  bool stands_ = false;  // what is waited for would be ready at once, and fail: it is tried later
  bool lost_ = false;    // the person was told that what the guest writes is lost
  Alarm look_;
  std::optional<Watch> listening_, streaming_, looking_;
};

}  // namespace hvk
