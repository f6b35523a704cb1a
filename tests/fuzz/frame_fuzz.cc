// SPDX-License-Identifier: GPL-2.0-only
// The other end of a socket network, which sends anything at all: the first byte
// says in pieces of which size, the rest is sent. What comes out of it is what a
// simple reading of the same bytes gives, and a stream that has ended stays so.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "base/fd.h"
#include "net/frame_stream.h"
#include "net/virtio_net_abi.h"

namespace {

using namespace hvk;

void check(bool good) {
  if (!good) abort();
}

using Packets = std::vector<std::vector<uint8_t>>;

// Returns whether no length is wrong as far as `bytes` go.
bool read_simply(std::span<const uint8_t> bytes, Packets& packets) {
  while (bytes.size() >= 4) {
    uint32_t length;
    std::memcpy(&length, bytes.data(), sizeof(length));
    length = ntohl(length);
    if (length > kMostPacket) return false;
    if (bytes.size() - 4 < length) return true;
    const auto packet = bytes.subspan(4, length);
    if (length >= 14) packets.emplace_back(packet.begin(), packet.end());
    bytes = bytes.subspan(4 + length);
  }
  return true;
}

void receive(FrameStream& stream, Packets& packets) {
  // An empty answer may be about a piece that holds no whole packet: the socket may have more.
  for (int idle = 0; idle < 2;) {
    const auto packet = stream.receive();
    if (packet.empty()) {
      ++idle;
      continue;
    }
    const auto* data = reinterpret_cast<const uint8_t*>(packet.data());
    packets.emplace_back(data, data + packet.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = size_t{data[0]} + 1;
  const std::span<const uint8_t> bytes(data + 1, size - 1);
  int ends[2];
  check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
  Fd peer(ends[0]);
  FrameStream stream;
  stream.use(Fd(ends[1]));
  Packets expected, got;
  const bool good = read_simply(bytes, expected);
  for (size_t at = 0; at < bytes.size() && stream.ended().empty(); at += piece) {
    const auto part = bytes.subspan(at, std::min(piece, bytes.size() - at));
    check(::write(peer.get(), part.data(), part.size()) == static_cast<ssize_t>(part.size()));
    receive(stream, got);
  }
  check(got == expected);
  check(stream.ended().empty() == good);
  peer = Fd();
  receive(stream, got);
  check(got == expected && !stream.ended().empty());
  return 0;
}
