// SPDX-License-Identifier: GPL-2.0-or-later
// Packets over a stream socket, in QEMU's form: the length as 32 bits, big-endian, then the packet.
// `passt` and QEMU's `-netdev stream` speak it.
//
// The other end is not trusted: lengths are checked, packets may come in any pieces, and what is
// kept of them is bounded. Nothing here blocks. One thread at a time.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"

namespace hvk {

class FrameStream {
 public:
  enum class Sent {
    kDone,
    kFull,  // nothing was taken: try again when the socket can be written
    kGone,  // the other end has gone
  };

  // Goes on with another socket, which need not be non-blocking; what is left of the last one is
  // forgotten.
  void use(Fd socket);
  // Closes the socket.
  void close() { use(Fd()); }
  int fd() const { return socket_.get(); }
  explicit operator bool() const { return static_cast<bool>(socket_); }

  // The next packet, or nothing if the rest of it has not come yet. Reads from the socket at most
  // once. Valid until the next call, even after `close`. Packets shorter than an Ethernet header
  // are left out.
  std::span<const std::byte> receive();
  // Why nothing can be received any more, or an empty string: the other end has gone, or does not
  // speak this form.
  const std::string& ended() const { return ended_; }

  // Sends a packet of at most kMostPacket bytes. What the socket does not take of it at once is
  // kept, and is sent first by the next `send` or `flush`.
  Sent send(std::span<const iovec> packet);
  // Sends what is kept. kDone if all of it is sent.
  Sent flush();

 private:
  std::span<const std::byte> next();
  Sent failed() const;

  Fd socket_;
  std::string ended_;
  std::vector<std::byte> in_;   // allocated by the first `receive`
  size_t begin_ = 0, end_ = 0;  // what is there of `in_`
  std::vector<std::byte> out_;  // the rest of a packet
  size_t sent_ = 0;             // how much of `out_` is sent
  std::vector<iovec> vectors_;
};

}  // namespace hvk
