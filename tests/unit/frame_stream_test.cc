// SPDX-License-Identifier: GPL-2.0-only
#include "net/frame_stream.h"

#include <sys/socket.h>

#include "net/virtio_net_abi.h"
#include "tests/unit/net_driver.h"

namespace hvk {
namespace {

using namespace std::string_literals;
using test::frame;

// The two ends of a socket, the second one a stream of frames.
struct Ends {
  Ends() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    peer = Fd(fds[0]);
    stream.use(Fd(fds[1]));
  }
  void write(const std::string& bytes) {
    EXPECT_EQ(::write(peer.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // Receives until nothing comes any more.
  std::vector<std::string> receive_all() {
    std::vector<std::string> packets;
    for (int idle = 0; idle < 3;) {
      const auto packet = stream.receive();
      packet.empty() ? ++idle : (packets.push_back(test::text_of(packet)), idle = 0);
    }
    return packets;
  }

  Fd peer;
  FrameStream stream;
};

std::string length(uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
          static_cast<char>(n)};
}
std::string framed(const std::string& packet) {
  return length(static_cast<uint32_t>(packet.size())) + packet;
}

TEST(FrameStream, ReceivesPacketsInAnyPieces) {
  const std::string three = framed(frame(60, 1)) + framed(frame(1514, 2)) + framed(frame(14, 3));
  for (const size_t piece : {1, 2, 3, 4, 5, 63, 64, 65, 1000, 4000}) {
    Ends ends;
    std::vector<std::string> packets;
    for (size_t at = 0; at < three.size(); at += piece) {
      ends.write(three.substr(at, piece));
      for (auto& packet : ends.receive_all()) packets.push_back(packet);
    }
    EXPECT_EQ(packets, (std::vector{frame(60, 1), frame(1514, 2), frame(14, 3)})) << piece;
    EXPECT_EQ(ends.stream.ended(), "");
  }
}

TEST(FrameStream, ChecksLengths) {
  const struct {
    const char* name;
    std::string bytes;
    std::vector<std::string> packets;
    std::string ended;
  } table[] = {
      {"the longest", framed(frame(kMostPacket)), {frame(kMostPacket)}, ""},
      {"a byte too long",
       length(kMostPacket + 1),
       {},
       "the other end sends a packet of 65551 bytes, expected at most 65550"},
      {"as long as it can be",
       "\xff\xff\xff\xff",
       {},
       "the other end sends a packet of 4294967295 bytes, expected at most 65550"},
      {"a good one first",
       framed(frame(20)) + "\xff\xff\xff\xff",
       {frame(20)},
       "the other end sends a packet of 4294967295 bytes, expected at most 65550"},
      {"too short for Ethernet", framed(frame(13)) + framed(frame(20)), {frame(20)}, ""},
      {"empty ones", length(0) + length(0) + framed(frame(20)) + length(0), {frame(20)}, ""},
      {"half a length", "\0\0"s, {}, ""},
      {"half a packet", length(60) + frame(30), {}, ""},
  };
  for (const auto& row : table) {
    Ends ends;
    ends.write(row.bytes);
    EXPECT_EQ(ends.receive_all(), row.packets) << row.name;
    EXPECT_EQ(ends.stream.ended(), row.ended) << row.name;
  }
}

TEST(FrameStream, EndsWithItsOtherEnd) {
  Ends ends;
  ends.write(framed(frame(20)) + length(60) + frame(30));
  { const Fd gone = std::move(ends.peer); }
  EXPECT_EQ(ends.receive_all(), std::vector{frame(20)});
  const std::string packet = frame(60);
  const iovec whole = {const_cast<char*>(packet.data()), packet.size()};
  EXPECT_EQ(ends.stream.send({&whole, 1}), FrameStream::Sent::kGone);
}

// More than a socket takes: what is left of a packet is sent before the next one, and nothing is
// kept beyond that.
TEST(FrameStream, SendsWholePackets) {
  Ends ends;
  unsigned sent = 0;
  for (;; ++sent) {
    const std::string packet = frame(kMostPacket, sent);
    const iovec parts[] = {{const_cast<char*>(packet.data()), 100},
                           {const_cast<char*>(packet.data()) + 100, packet.size() - 100}};
    const auto result = ends.stream.send(parts);
    if (result != FrameStream::Sent::kDone) {
      EXPECT_EQ(result, FrameStream::Sent::kFull);
      break;
    }
    ASSERT_LT(sent, 1000u);
  }
  ASSERT_GT(sent, 0u);
  FrameStream other;
  other.use(std::move(ends.peer));
  for (unsigned got = 0; got < sent;) {
    const auto packet = other.receive();
    if (packet.empty()) {
      ASSERT_NE(ends.stream.flush(), FrameStream::Sent::kGone);
      continue;
    }
    ASSERT_EQ(test::text_of(packet), frame(kMostPacket, got)) << got;
    ++got;
  }
  EXPECT_EQ(ends.stream.flush(), FrameStream::Sent::kDone);
}

}  // namespace
}  // namespace hvk
