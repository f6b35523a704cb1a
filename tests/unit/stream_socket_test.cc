// SPDX-License-Identifier: GPL-2.0-only
#include "net/stream_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <fstream>

#include "base/error.h"
#include "base/local_socket.h"
#include "tests/unit/net_driver.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

using test::frame;

// A guest's end of a network, without the guest.
class End final : public NetUser {
 public:
  explicit End(EventLoop& loop, StreamSocket& socket) : socket_(socket) {
    socket_.attach(loop, *this, 0);
  }
  ~End() override { socket_.detach(); }

  void receivable(unsigned) override {
    for (;;) {
      const auto packet = socket_.receive(0);
      if (packet.empty()) return;
      got.push_back(test::text_of(packet));
    }
  }
  void sendable(unsigned) override { ++sendables; }
  void link_changed() override { links.push_back(socket_.link_up()); }
  void say(const std::string& line) override { said.push_back(line); }

  Sent send(const std::string& packet) {
    const iovec whole = {const_cast<char*>(packet.data()), packet.size()};
    return socket_.send(0, {&whole, 1});
  }

  std::vector<std::string> got, said;
  std::vector<bool> links;
  int sendables = 0;

 private:
  StreamSocket& socket_;
};

class StreamSocketTest : public ::testing::Test {
 protected:
  template <typename Condition>
  void serve_until(Condition condition) {
    while (!condition()) loop.wait();
  }

  test::TemporaryFolder folder;
  const std::string path = folder.path() / "net";
  EventLoop loop;
};

TEST_F(StreamSocketTest, JoinsTwoGuests) {
  StreamSocket first(path);
  EXPECT_FALSE(first.link_up());
  struct stat status;
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  StreamSocket second(path);
  EXPECT_TRUE(second.link_up());

  End one(loop, first), two(loop, second);
  // The second one may send before the first one has seen it.
  EXPECT_EQ(two.send(frame(60, 1)), Sent::kDone);
  serve_until([&] { return !one.got.empty(); });
  EXPECT_EQ(one.links, std::vector{true});
  EXPECT_EQ(one.got, std::vector{frame(60, 1)});
  EXPECT_EQ(one.send(frame(kMostPacket, 2)), Sent::kDone);
  serve_until([&] { return !two.got.empty(); });
  EXPECT_EQ(two.got, std::vector{frame(kMostPacket, 2)});
}

TEST_F(StreamSocketTest, RefusesAThird) {
  StreamSocket first(path), second(path);
  End one(loop, first), two(loop, second);
  serve_until([&] { return first.link_up(); });
  StreamSocket third(path);
  End three(loop, third);
  serve_until([&] { return !third.link_up(); });
  EXPECT_EQ(one.links, std::vector{true});
  EXPECT_EQ(two.send(frame(60)), Sent::kDone);
  serve_until([&] { return !one.got.empty(); });
}

TEST_F(StreamSocketTest, WaitsForTheNextOne) {
  StreamSocket first(path);
  End one(loop, first);
  for (int round = 0; round < 3; ++round) {
    one.links.clear();
    {
      StreamSocket second(path);
      serve_until([&] { return one.links.size() == 1; });
    }
    serve_until([&] { return one.links.size() == 2; });
    EXPECT_EQ(one.links, (std::vector{true, false})) << round;
    EXPECT_EQ(one.send(frame(60)), Sent::kDone) << "it is lost";
  }
}

TEST_F(StreamSocketTest, ConnectsAgain) {
  auto first = std::make_unique<StreamSocket>(path);
  StreamSocket second(path);
  End two(loop, second);
  first.reset();
  serve_until([&] { return !second.link_up(); });
  EXPECT_FALSE(std::filesystem::exists(path));
  StreamSocket again(path);
  End one(loop, again);
  serve_until([&] { return second.link_up() && again.link_up(); });
  EXPECT_EQ(two.links, (std::vector{false, true}));
  EXPECT_EQ(one.send(frame(60)), Sent::kDone);
  serve_until([&] { return !two.got.empty(); });
}

TEST_F(StreamSocketTest, DropsAnEndThatBreaksTheForm) {
  StreamSocket first(path);
  End one(loop, first);
  const Fd peer = connect_to("test", path);
  serve_until([&] { return first.link_up(); });
  ASSERT_EQ(::write(peer.get(), "GET / HTTP/1.0\r\n", 16), 16);
  serve_until([&] { return !first.link_up(); });
  ASSERT_EQ(one.said.size(), 1u);
  EXPECT_NE(one.said[0].find("1195725856 bytes"), std::string::npos) << one.said[0];
}

// An end that does not read: the queue is held at first, then packets are lost, and when it reads
// again they come.
TEST_F(StreamSocketTest, LosesPacketsToAnEndThatDoesNotRead) {
  StreamSocket first(path);
  End one(loop, first);
  FrameStream peer;
  peer.use(connect_to("test", path));
  serve_until([&] { return first.link_up(); });
  unsigned sent = 0;
  while (one.send(frame(1514, sent)) == Sent::kDone) ASSERT_LT(++sent, 100000u);
  EXPECT_EQ(one.send(frame(1514)), Sent::kFull);
  EXPECT_EQ(one.sendables, 0);
  // Packets from it come all the same.
  const std::string packet = frame(60);
  const iovec whole = {const_cast<char*>(packet.data()), packet.size()};
  EXPECT_EQ(peer.send({&whole, 1}), FrameStream::Sent::kDone);
  serve_until([&] { return !one.got.empty(); });
  EXPECT_EQ(one.sendables, 0);
  serve_until([&] { return one.sendables == 1; });
  EXPECT_EQ(one.said.size(), 1u);
  EXPECT_EQ(one.send(frame(1514)), Sent::kDone) << "it is lost";

  unsigned got = 0;
  while (got < sent) {
    const auto next = peer.receive();
    if (next.empty()) {
      loop.wait(0);
      continue;
    }
    ASSERT_EQ(test::text_of(next), frame(1514, got++));
  }
  loop.wait(0);
  EXPECT_EQ(one.send(frame(60, 9)), Sent::kDone);
  std::string last;
  while (last.empty()) last = test::text_of(peer.receive());
  EXPECT_EQ(last, frame(60, 9));
}

// As between two machines of a guest that restarts.
TEST_F(StreamSocketTest, KeepsItsPeerWhileNoDeviceIsAttached) {
  StreamSocket first(path), second(path);
  End two(loop, second);
  {
    End one(loop, first);
    serve_until([&] { return first.link_up(); });
    // Half of a packet comes before the restart.
  }
  EXPECT_EQ(two.send(frame(60, 3)), Sent::kDone);
  End one(loop, first);
  serve_until([&] { return !one.got.empty(); });
  EXPECT_EQ(one.got, std::vector{frame(60, 3)});
  EXPECT_TRUE(one.links.empty());
}

TEST_F(StreamSocketTest, RefusesAPathThatIsNoSocket) {
  std::ofstream(path) << "text";
  EXPECT_THROW(StreamSocket{path}, SetupError);
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace hvk
