// SPDX-License-Identifier: GPL-2.0-only
#include "net/virtio_net.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "config/mac.h"
#include "tests/unit/net_driver.h"

namespace hvk {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using test::FakeBackend;
using test::frame;
using test::NetDriver;

constexpr MacAddress kAddress = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr unsigned kReceive = 0, kSend = 1;

// A card with its back end and its driver.
struct Card {
  explicit Card(unsigned pairs = 1, uint64_t offloads = 0) : backend(pairs, offloads) {}

  EventLoop loop;
  FakeBackend backend;
  VirtioNet device{kAddress, backend, loop};
  NetDriver driver{device, loop};
};

TEST(VirtioNet, OffersWhatItsBackEndHas) {
  using namespace net_feature;
  const uint64_t always = kMac | kStatus | kMergeable;
  const struct {
    const char* name;
    unsigned pairs;
    uint64_t offloads, features;
    size_t queues;
  } table[] = {
      {"without offloads", 1, 0, always, 2},
      {"with offloads", 1, kOffloads, always | kOffloads, 2},
      {"with pairs", 4, kOffloads, always | kOffloads | kControl | kPairs, 9},
  };
  for (const auto& row : table) {
    Card card(row.pairs, row.offloads);
    EXPECT_EQ(card.device.features(), row.features) << row.name;
    EXPECT_EQ(card.device.queue_sizes().size(), row.queues) << row.name;
    EXPECT_EQ(card.device.id(), 1u);
    NetDriver& driver = card.driver;
    EXPECT_EQ(driver.transport.read(0x100, 1), 0x52u) << row.name;
    EXPECT_EQ(driver.transport.read(0x105, 1), 0x56u) << row.name;
    EXPECT_EQ(driver.transport.read(0x106, 2), 1u) << row.name;
    EXPECT_EQ(driver.transport.read(0x108, 2), row.pairs) << row.name;
    EXPECT_EQ(driver.transport.read(0x10a, 2), 0u) << row.name;
    EXPECT_FALSE(card.backend.user) << row.name;
    driver.start();
    EXPECT_TRUE(card.backend.user) << row.name;
    EXPECT_EQ(card.backend.features, row.offloads) << row.name;
    driver.reset();
    EXPECT_FALSE(card.backend.user) << row.name;
  }
}

TEST(VirtioNet, Sends) {
  Card card;
  NetDriver& driver = card.driver;
  driver.start();
  const struct {
    const char* name;
    size_t size;
    std::initializer_list<size_t> pieces;
    bool sent;
  } table[] = {
      {"header apart", 60, {12}, true},
      {"all in one", 60, {1000}, true},
      {"header in two", 60, {5, 7, 20}, true},
      {"header and a byte", 60, {13}, true},
      {"bytes one by one", 14, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, true},
      {"empty pieces", 60, {0, 12, 0, 3}, true},
      {"the longest", kMostPacket, {12, 4096}, true},
      {"too long", kMostPacket + 1, {12}, false},
      {"a header alone", 0, {12}, false},
      {"less than an Ethernet header", 13, {12}, false},
      {"the shortest", 14, {12}, true},
  };
  for (const auto& row : table) {
    card.backend.sent.clear();
    driver.send(frame(row.size), row.pieces);
    driver.notify(kSend);
    driver.settle();
    const auto used = driver.take_used(kSend);
    ASSERT_TRUE(used) << row.name;
    EXPECT_EQ(used->written, 0u) << row.name;
    ASSERT_EQ(card.backend.sent.size(), row.sent ? 1u : 0u) << row.name;
    if (row.sent) {
      EXPECT_EQ(card.backend.sent[0], frame(row.size)) << row.name;
    }
    EXPECT_FALSE(driver.needs_reset()) << row.name;
  }
  EXPECT_TRUE(driver.irq.level);
}

TEST(VirtioNet, PassesHeadersToABackEndWithOffloads) {
  Card card(1, net_feature::kOffloads);
  NetDriver& driver = card.driver;
  driver.start();
  // Whatever it says: the kernel checks it.
  const std::string header = "\x01" + std::string(11, '\xff');
  driver.send(frame(60), {12}, header);
  driver.notify(kSend);
  ASSERT_EQ(card.backend.sent.size(), 1u);
  EXPECT_EQ(card.backend.sent[0], header + frame(60));
}

TEST(VirtioNet, NeedsAResetIfTheDriverBreaksTheRules) {
  const struct {
    const char* name;
    void (*act)(NetDriver&, FakeBackend&);
  } table[] = {
      {"less than a header to send",
       [](NetDriver& driver, FakeBackend&) {
         driver.add(kSend, {driver.room(11)}, {});
         driver.notify(kSend);
       }},
      {"nothing to send",
       [](NetDriver& driver, FakeBackend&) {
         driver.add(kSend, {}, {driver.room(100)});
         driver.notify(kSend);
       }},
      {"a buffer that is not in RAM",
       [](NetDriver& driver, FakeBackend&) {
         driver.add(kSend, {{0x1000, 100}}, {});
         driver.notify(kSend);
       }},
      {"less than a header to receive in",
       [](NetDriver& driver, FakeBackend& backend) {
         driver.add(kReceive, {}, {driver.room(11)});
         backend.incoming[0].push_back(frame(60));
         backend.user->receivable(0);
       }},
      {"nothing to receive in",
       [](NetDriver& driver, FakeBackend& backend) {
         driver.add(kReceive, {driver.room(2000)}, {});
         backend.incoming[0].push_back(frame(60));
         backend.user->receivable(0);
       }},
      {"a receive buffer that is not in RAM",
       [](NetDriver& driver, FakeBackend& backend) {
         driver.add(kReceive, {}, {{0x1000, 2000}});
         backend.incoming[0].push_back(frame(60));
         backend.user->receivable(0);
       }},
  };
  for (const auto& row : table) {
    Card card;
    NetDriver& driver = card.driver;
    driver.start();
    row.act(driver, card.backend);
    driver.settle();
    EXPECT_TRUE(driver.needs_reset()) << row.name;
    EXPECT_FALSE(card.backend.wanted[0]) << row.name;
    // It stands still, and serves again after a reset.
    driver.send(frame(60));
    driver.notify(kSend);
    card.backend.user->receivable(0);
    EXPECT_TRUE(card.backend.sent.empty()) << row.name;
    driver.reset();
    card.backend.incoming[0].clear();
    driver.start();
    driver.send(frame(60));
    driver.notify(kSend);
    EXPECT_EQ(card.backend.sent.size(), 1u) << row.name;
    EXPECT_FALSE(driver.needs_reset()) << row.name;
  }
}

TEST(VirtioNet, Receives) {
  const struct {
    const char* name;
    bool mergeable;
    std::vector<uint32_t> buffers;  // a chain each
    size_t packet;
    std::vector<uint32_t> written;
  } table[] = {
      {"in one", false, {1526}, 1514, {1526}},
      {"the rest stays", false, {2048, 2048}, 60, {72}},
      {"none fits", false, {1000, 1600}, 1514, {}},
      {"a header too many", false, {1525}, 1514, {}},
      {"merged, in one", true, {2048}, 1514, {1526}},
      {"merged, in two", true, {1000, 1000}, 1514, {1000, 526}},
      {"merged, full to the byte", true, {1000, 526, 100}, 1514, {1000, 526}},
      {"merged, headers alone", true, {12, 12, 12, 12, 12}, 48, {12, 12, 12, 12, 12}},
      {"merged, the longest", true, {65562}, kMostPacket, {65562}},
  };
  for (const auto& row : table) {
    Card card;
    NetDriver& driver = card.driver;
    driver.start(row.mergeable ? NetDriver::kAll : ~net_feature::kMergeable);
    std::vector<NetDriver::Buffer> buffers;
    for (const uint32_t size : row.buffers) {
      buffers.push_back(driver.room(size));
      driver.add(kReceive, {}, {buffers.back()});
    }
    driver.notify(kReceive);
    EXPECT_FALSE(driver.take_used(kReceive)) << row.name;
    card.backend.incoming[0].push_back(frame(row.packet));
    card.backend.user->receivable(0);
    std::string got;
    std::vector<uint32_t> written;
    while (const auto used = driver.take_used(kReceive)) {
      got += driver.content(buffers[written.size()], used->written);
      written.push_back(used->written);
    }
    EXPECT_EQ(written, row.written) << row.name;
    EXPECT_TRUE(card.backend.incoming[0].empty()) << row.name;
    EXPECT_TRUE(card.backend.wanted[0]) << row.name;
    if (written.empty()) continue;
    std::string header(12, '\0');
    header[10] = static_cast<char>(row.written.size());
    EXPECT_EQ(got, header + frame(row.packet)) << row.name;
  }
}

// A packet that needs what the driver has not accepted is dropped; of another one it sees no hints.
TEST(VirtioNet, KeepsOffloadsFromADriverThatWantsNone) {
  using namespace net_feature;
  const uint64_t all = ~uint64_t{0};
  const struct {
    const char* name;
    std::string header;  // as the back end has it
    uint64_t features;
    bool comes, shown;
  } rows[] = {
      {"all", "\x01\x01\x36\x00\x00\x05\x22\x00\x10\x00\x09\x09"s, all, true, true},
      {"a partial checksum", "\x01\0\0\0\0\0\x22\0\x10\0\0\0"s, ~kOffloads, false, false},
      {"a large packet", "\0\x01\x36\0\0\x05\0\0\0\0\0\0"s, ~kGuestTso4, false, false},
      {"a large packet of IPv6", "\0\x04\x36\0\0\x05\0\0\0\0\0\0"s, ~kGuestTso6, false, false},
      {"congestion", "\0\x81\x36\0\0\x05\0\0\0\0\0\0"s, ~kGuestEcn, false, false},
      {"UDP fragments", "\0\x03\x36\0\0\x05\0\0\0\0\0\0"s, all, false, false},
      {"a checksum that is good", "\x02\0\0\0\0\0\0\0\0\0\0\0"s, ~kOffloads, true, false},
      {"a checksum that is good, accepted", "\x02\0\0\0\0\0\0\0\0\0\0\0"s, all, true, true},
  };
  for (const auto& row : rows) {
    Card card(1, kOffloads);
    NetDriver& driver = card.driver;
    driver.start(row.features == all ? NetDriver::kAll : row.features);
    const auto buffer = driver.room(2048);
    driver.add(kReceive, {}, {buffer});
    card.backend.incoming[0].push_back(row.header + frame(60));
    card.backend.user->receivable(0);
    EXPECT_TRUE(card.backend.incoming[0].empty()) << row.name;
    ASSERT_EQ(driver.take_used(kReceive).has_value(), row.comes) << row.name;
    if (!row.comes) continue;
    std::string expected = row.shown ? row.header : std::string(12, '\0');
    expected[10] = 1;
    expected[11] = 0;
    EXPECT_EQ(driver.content(buffer, 72), expected + frame(60)) << row.name;
  }
}

TEST(VirtioNet, KeepsAPacketUntilThereIsRoom) {
  Card card;
  NetDriver& driver = card.driver;
  driver.start();
  card.backend.incoming[0] = {frame(1514, 1), frame(1514, 2)};
  card.backend.user->receivable(0);
  EXPECT_FALSE(card.backend.wanted[0]) << "the back end is not asked for more";
  EXPECT_EQ(card.backend.incoming[0].size(), 1u);
  // Half of the room that the first one needs; then enough for both.
  driver.add(kReceive, {}, {driver.room(1000)});
  driver.notify(kReceive);
  EXPECT_FALSE(driver.take_used(kReceive));
  for (int i = 0; i < 3; ++i) driver.add(kReceive, {}, {driver.room(1000)});
  driver.notify(kReceive);
  EXPECT_EQ(driver.count_used(kReceive), 4u);
  EXPECT_TRUE(card.backend.wanted[0]);
}

TEST(VirtioNet, DropsAPacketThatTheWholeQueueCannotHold) {
  Card card;
  NetDriver& driver = card.driver;
  driver.start(NetDriver::kAll, 4);
  for (int i = 0; i < 4; ++i) driver.add(kReceive, {}, {driver.room(100)});
  card.backend.incoming[0] = {frame(1514), frame(60)};
  card.backend.user->receivable(0);
  const auto used = driver.take_used(kReceive);
  ASSERT_TRUE(used);
  EXPECT_EQ(used->written, 72u);
  EXPECT_FALSE(driver.take_used(kReceive));
}

TEST(VirtioNet, HoldsAQueueWhileTheBackEndIsFull) {
  Card card;
  NetDriver& driver = card.driver;
  driver.start();
  card.backend.full = true;
  for (unsigned i = 0; i < 3; ++i) driver.send(frame(60, i));
  driver.notify(kSend);
  EXPECT_EQ(driver.count_used(kSend), 0u);
  driver.notify(kSend);
  card.backend.full = false;
  EXPECT_TRUE(card.backend.sent.empty()) << "not before the back end says so";
  card.backend.user->sendable(0);
  ASSERT_EQ(card.backend.sent.size(), 3u);
  for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(card.backend.sent[i], frame(60, i)) << i;
  EXPECT_EQ(driver.count_used(kSend), 3u);
}

// What was under way is put back by a stop, and sent after the next start; nothing is lost or
// doubled in a saved state.
TEST(VirtioNet, GoesOnAfterASave) {
  Card card;
  NetDriver& driver = card.driver;
  driver.start();
  card.backend.full = true;
  driver.send(frame(60));
  driver.notify(kSend);
  driver.add(kReceive, {}, {driver.room(100)});
  card.backend.incoming[0].push_back(frame(1514));
  card.backend.user->receivable(0);
  const nlohmann::json state = driver.transport.save();
  EXPECT_EQ(state["queues"][kSend]["next"], 0);
  EXPECT_EQ(state["queues"][kReceive]["next"], 0);
  card.backend.full = false;
  driver.settle();
  card.backend.user->sendable(0);
  EXPECT_EQ(card.backend.sent.size(), 1u);
  card.backend.incoming[0] = {frame(60)};
  card.backend.user->receivable(0);
  EXPECT_EQ(driver.count_used(kReceive), 1u);
}

// However much a driver wants to be sent, the loop's other work has its turn.
TEST(VirtioNet, TakesTurns) {
  Card card;
  NetDriver& driver = card.driver;
  driver.start(NetDriver::kAll, 256);
  for (unsigned i = 0; i < 100; ++i) driver.send(frame(20000, i));
  driver.notify(kSend);
  EXPECT_LT(card.backend.sent.size(), 20u);
  driver.settle();
  EXPECT_EQ(card.backend.sent.size(), 100u);
  EXPECT_EQ(driver.count_used(kSend), 100u);

  for (unsigned i = 0; i < 100; ++i) driver.add(kReceive, {}, {driver.room(20012)});
  for (unsigned i = 0; i < 100; ++i) card.backend.incoming[0].push_back(frame(20000, i));
  card.backend.user->receivable(0);
  EXPECT_GT(card.backend.incoming[0].size(), 80u);
  driver.settle();
  EXPECT_EQ(driver.count_used(kReceive), 100u);
}

TEST(VirtioNet, TellsTheDriverOfItsLink) {
  Card card;
  card.backend.up = false;
  NetDriver& driver = card.driver;
  driver.start();
  EXPECT_EQ(driver.transport.read(0x106, 2), 0u);
  driver.write(0x064, 3);
  const uint32_t generation = driver.read(0x0fc);
  card.backend.up = true;
  card.backend.user->link_changed();
  EXPECT_EQ(driver.read(0x060), 2u) << "a change of the configuration";
  EXPECT_NE(driver.read(0x0fc), generation);
  EXPECT_EQ(driver.transport.read(0x106, 2), 1u);
  driver.write(0x064, 3);
  card.backend.user->link_changed();
  EXPECT_EQ(driver.read(0x060), 0u) << "nothing has changed";
}

std::string command(uint8_t kind, uint8_t number, std::string_view data) {
  return std::string{static_cast<char>(kind), static_cast<char>(number)} + std::string(data);
}

TEST(VirtioNet, UsesAsManyPairsAsTheDriverWants) {
  Card card(3, net_feature::kOffloads);
  NetDriver& driver = card.driver;
  driver.start();
  constexpr unsigned kControl = 6;
  const struct {
    const char* name;
    std::string bytes;
    uint8_t answer;
    unsigned pairs;
  } table[] = {
      {"two", command(4, 0, "\2\0"sv), 0, 2},
      {"none", command(4, 0, "\0\0"sv), 1, 2},
      {"too many", command(4, 0, "\4\0"sv), 1, 2},
      {"too few bytes", command(4, 0, "\3"sv), 1, 2},
      {"no bytes", "", 1, 2},
      {"another command", command(4, 1, "\3\0"sv), 1, 2},
      {"another class", command(1, 0, "\3\0"sv), 1, 2},
      {"all", command(4, 0, "\3\0"sv), 0, 3},
      {"one", command(4, 0, "\1\0"sv), 0, 1},
  };
  for (const auto& row : table) {
    const auto answer = driver.filled("\x55");
    std::vector<NetDriver::Buffer> readable;
    if (!row.bytes.empty()) readable = {driver.filled(row.bytes)};
    driver.add(kControl, readable, {answer});
    driver.notify(kControl);
    const auto used = driver.take_used(kControl);
    ASSERT_TRUE(used) << row.name;
    EXPECT_EQ(used->written, 1u) << row.name;
    EXPECT_EQ(driver.content(answer, 1)[0], static_cast<char>(row.answer)) << row.name;
    EXPECT_EQ(card.backend.used_pairs, row.pairs) << row.name;
  }
}

TEST(VirtioNet, ServesTheFurtherPairsOnceTheyAreUsed) {
  Card card(2, net_feature::kOffloads);
  NetDriver& driver = card.driver;
  driver.start();
  driver.send(frame(60), {12}, std::string(12, '\0'), 3);
  driver.notify(3);
  driver.settle();
  EXPECT_TRUE(card.backend.sent.empty());
  driver.add(4, {driver.filled(command(4, 0, "\2\0"sv))}, {driver.room(1)});
  driver.notify(4);
  driver.settle();
  EXPECT_EQ(card.backend.sent.size(), 1u);
  EXPECT_EQ(card.backend.last_pair, 1u);
  // A reset brings the driver back to one pair.
  driver.reset();
  driver.start();
  EXPECT_EQ(card.device.save()["pairs"], 1);
}

// Without MQ the control queue follows the first pair (5.1.2).
TEST(VirtioNet, HasItsControlQueueWhereTheDriverLooksForIt) {
  Card card(3, net_feature::kOffloads);
  NetDriver& driver = card.driver;
  driver.start(~net_feature::kPairs);
  const auto answer = driver.filled("\x55");
  driver.add(2, {driver.filled(command(4, 0, "\2\0"sv))}, {answer});
  driver.notify(2);
  ASSERT_TRUE(driver.take_used(2));
  EXPECT_EQ(driver.content(answer, 1), "\1") << "pairs were not negotiated";
}

TEST(VirtioNet, SavesAndRestoresItsState) {
  Card first(2, net_feature::kOffloads);
  first.driver.start();
  first.driver.add(4, {first.driver.filled(command(4, 0, "\2\0"sv))}, {first.driver.room(1)});
  first.driver.notify(4);
  const nlohmann::json state = first.device.save();
  EXPECT_EQ(state, (nlohmann::json{{"mac", "52:54:00:12:34:56"}, {"link", true}, {"pairs", 2}}));

  EventLoop loop;
  FakeBackend backend(2, net_feature::kOffloads);
  backend.up = false;
  VirtioNet device({0x52, 0x54, 0, 0, 0, 1}, backend, loop);
  NetDriver driver(device, loop);
  device.restore(state);
  EXPECT_EQ(device.save(), state);
  EXPECT_EQ(driver.transport.read(0x105, 1), 0x56u);
  EXPECT_EQ(driver.transport.read(0x106, 2), 1u) << "as the driver was last told";
  driver.start();
  EXPECT_EQ(backend.used_pairs, 2u);
  EXPECT_EQ(driver.transport.read(0x106, 2), 0u);
  EXPECT_EQ(driver.read(0x060) & 2, 2u) << "it is told of the other link";

  const struct {
    const char* name;
    nlohmann::json state;
  } bad[] = {
      {"nothing", nlohmann::json::object()},
      {"no object", 3},
      {"no address", {{"mac", "52:54"}, {"link", true}, {"pairs", 1}}},
      {"too many pairs", {{"mac", "52:54:00:12:34:56"}, {"link", true}, {"pairs", 3}}},
      {"no pairs", {{"mac", "52:54:00:12:34:56"}, {"link", true}, {"pairs", 0}}},
      {"a number for a link", {{"mac", "52:54:00:12:34:56"}, {"link", 1}, {"pairs", 1}}},
  };
  for (const auto& row : bad) EXPECT_THROW(device.restore(row.state), SetupError) << row.name;
}

TEST(VirtioNet, MakesAddresses) {
  EXPECT_EQ(make_mac("linux", 0), make_mac("linux", 0));
  EXPECT_EQ(write_mac(make_mac("linux", 0)).substr(0, 9), "52:54:00:");
  std::set<MacAddress> all;
  for (const char* guest : {"", "linux", "linux1", "linux2", "rtos", "a", "b"}) {
    for (unsigned card = 0; card < 8; ++card) all.insert(make_mac(guest, card));
  }
  EXPECT_EQ(all.size(), 56u);
}

}  // namespace
}  // namespace hvk
