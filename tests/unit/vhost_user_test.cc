// SPDX-License-Identifier: GPL-2.0-only
// Devices that another process serves, by the vhost-user protocol.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "tests/unit/support.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/vhost_back_end.h"
#include "tests/unit/virtio_driver.h"
#include "vhost/user_device.h"
#include "virtio/worker.h"

namespace hvk::test {
namespace {

using vhost_user::Request;

constexpr uint64_t kVersion1 = virtio_feature::kVersion1, kEventIndex = virtio_feature::kEventIndex;

template <typename T>
std::vector<std::byte> bytes_of(const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  return {bytes.begin(), bytes.end()};
}

UserPeer::Options options(const std::string& type, const std::string& path, int patience = 10'000) {
  return {.kind = *find_vhost_kind(type), .queues = 1, .path = path, .patience = patience};
}

// A device with its thread and transport, and a driver. The bells are eventfds, as a part of a
// machine has them.
class Guest {
 public:
  explicit Guest(UserPeer& peer) : peer_(peer) {
    worker_.run([&] {
      device_ = std::make_unique<UserDevice>(*worker_.loop(), peer, memory,
                                             std::vector<std::byte>(60, std::byte{7}));
    });
    transport_.emplace(*device_, memory, irq, layout::kVirtioSpiBase, worker_);
    transport_->set_log(&log_);
    transport_->set_events({[this](unsigned index) {
                              bells[index].signal();
                              return bells[index].get();
                            },
                            [](unsigned) {}, interrupt.get()});
    driver.emplace(*transport_, memory);
  }
  ~Guest() {
    transport_->shut_down();
    worker_.run([&] { device_.reset(); });
  }

  // A request of `queue`, which the back end is told of by `ask`.
  void offer(unsigned queue, uint16_t head) {
    driver->queue(queue).set(head, {kData + 64u * head, 64, kWrite, 0});
    driver->queue(queue).offer(head);
  }
  void ask(unsigned queue = 0, uint16_t head = 0) {
    offer(queue, head);
    bells[queue].signal();
  }
  std::string answer(uint16_t head = 0) {
    return {reinterpret_cast<const char*>(memory.at(kData + 64u * head, 64)->data()), 64};
  }
  void wait_for_used(uint16_t index, unsigned queue = 0) {
    while (driver->queue(queue).used_index() != index) {
      pollfd one = {interrupt.get(), POLLIN, 0};
      ASSERT_GT(::poll(&one, 1, 60'000), 0);
      interrupt.take();
    }
  }
  // After a reset: the driver starts, and its first request is answered.
  void begin_anew() {
    driver->queue().clear();
    driver->start(kVersion1);
    ask();
    wait_for_used(1);
  }
  bool needs_reset() { return driver->read(reg::kStatus) & kNeedsReset; }
  // What the worker was given before has been done.
  void settle() {
    worker_.run([] {});
  }
  void wait_until_alone() {
    for (bool alone = false; !alone;) worker_.run([&] { alone = !peer_.link(); });
  }
  VirtioMmio& transport() { return *transport_; }

  static constexpr uint64_t kData = layout::kRamBase + 0x100000;
  GuestMemory memory{layout::kRamBase, kMemory, GuestMemory::Kind::kShared};
  FakeIrqLine irq;
  EventFd interrupt;
  std::array<EventFd, 8> bells;

 private:
  UserPeer& peer_;
  OnceLog log_{"guest: "};
  ThreadWorker worker_{"test"};
  std::unique_ptr<UserDevice> device_;
  std::optional<VirtioMmio> transport_;

 public:
  std::optional<VirtioDriver> driver;
};

class VhostUser : public testing::Test {
 protected:
  // Until the back end has got so far.
  template <typename Condition>
  static void wait_until(Condition condition) {
    while (!condition()) std::this_thread::yield();
  }

  TemporaryFolder folder;
  const std::string path = folder.path() / "socket";
};

TEST_F(VhostUser, ServesRequests) {
  BackEnd back_end(path, {});
  UserPeer peer("--vhost-user rng", options("rng", path));
  Guest guest(peer);
  EXPECT_EQ(guest.driver->offered(), kVersion1 | kEventIndex | virtio_feature::kIndirect);
  guest.driver->start(kVersion1);
  for (uint16_t i = 0; i < 5; ++i) {
    guest.ask(0, i);
    guest.wait_for_used(static_cast<uint16_t>(i + 1));
    EXPECT_EQ(guest.answer(i), std::string(64, 'v'));
  }
  // Who interrupts the driver is not this process, which therefore always says that it may be so.
  EXPECT_EQ(guest.driver->read(reg::kInterruptStatus), 1u);
  EXPECT_EQ(back_end.features_set, kVersion1 | vhost_user::kProtocolFeatures);

  guest.driver->write(reg::kStatus, 0);
  EXPECT_EQ(back_end.stops, 1u);
  EXPECT_EQ(guest.driver->read(reg::kInterruptStatus), 0u);
  guest.begin_anew();
}

// A request that was made before the driver was ready has no notification.
TEST_F(VhostUser, ServesWhatIsThereAtFirst) {
  BackEnd back_end(path, {});
  UserPeer peer("--vhost-user rng", options("rng", path));
  Guest guest(peer);
  guest.driver->queue().set(0, {Guest::kData, 64, kWrite, 0});
  guest.driver->queue().offer(0);
  guest.driver->start(kVersion1);
  guest.wait_for_used(1);
}

TEST_F(VhostUser, Configuration) {
  BackEnd::Options with;
  with.config[0] = std::byte{42};
  BackEnd back_end(path, with);
  {
    UserPeer peer("--vhost-user blk", options("blk", path));
    Guest guest(peer);
    EXPECT_EQ(guest.transport().read(reg::kConfig, 1), 42u);
    EXPECT_EQ(guest.transport().read(reg::kConfig + 34, 2), 1u) << "its number of queues";
    guest.driver->start(kVersion1);
    with.config[0] = std::byte{43};
    back_end.change_config(with.config);
    wait_until([&] { return guest.driver->read(reg::kInterruptStatus) & 2; });
    EXPECT_EQ(guest.transport().read(reg::kConfig, 1), 43u);
    // Neither an unknown request nor the half of one does harm.
    back_end.send_request(77, std::vector<std::byte>(100));
    back_end.send_request(vhost_user::kConfigChanged, std::vector<std::byte>(3));
    guest.ask();
    guest.wait_for_used(1);
  }
  UserPeer peer("--vhost-user rng", options("rng", path));
  Guest guest(peer);
  EXPECT_EQ(guest.transport().read(reg::kConfig, 1), 7u) << "hvk-run's own";
}

TEST_F(VhostUser, OutlivesAMachine) {
  BackEnd back_end(path, {});
  UserPeer peer("--vhost-user blk", options("blk", path));
  for (int round = 0; round < 3; ++round) {
    Guest guest(peer);
    guest.driver->start(kVersion1);
    guest.ask();
    guest.wait_for_used(1);
    EXPECT_EQ(back_end.inflights, round + 1u);
  }
}

TEST_F(VhostUser, GoesOnAfterASave) {
  BackEnd back_end(path, {});
  UserPeer peer("--vhost-user blk", options("blk", path));
  Guest guest(peer);
  guest.driver->start(kVersion1);
  guest.ask();
  guest.wait_for_used(1);
  guest.transport().save();
  guest.ask(0, 1);
  guest.wait_for_used(2);
  EXPECT_EQ(back_end.stops, 1u);
}

// It comes back, and is given what the old one has not answered.
TEST_F(VhostUser, RejoinsABackEnd) {
  const struct {
    const char* name;
    const char* type;
    uint64_t protocol;
    bool pending;
    bool disorder;
    bool reset;
  } rows[] = {
      {"any order", "rng", 0, true, false, false},
      {"any order, with disorder", "rng", 0, true, true, false},
      {"notes of its own", "blk", vhost_user::kInflight, true, false, false},
      {"nothing lost", "blk", 0, false, false, false},
      {"lost in order", "blk", 0, true, false, false},
      {"nobody knows which are lost", "blk", 0, true, true, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    BackEnd::Options with;
    with.protocol = vhost_user::kReplyAck | vhost_user::kConfig | row.protocol;
    with.skips = row.disorder;
    std::optional<BackEnd> back_end(std::in_place, path, with);
    UserPeer peer("--vhost-user", options(row.type, path));
    Guest guest(peer);
    guest.driver->start(kVersion1);
    guest.ask();
    guest.wait_for_used(1);
    uint16_t answered = 1;
    if (row.disorder) {
      // Of two requests the second one is given back.
      guest.offer(0, 1);
      guest.ask(0, 2);
      guest.wait_for_used(++answered);
    } else {
      back_end->give_back(false);
      if (row.pending) guest.ask(0, 1);
    }
    back_end.reset();
    guest.wait_until_alone();
    // This one no back end has had.
    if (!row.pending) guest.ask(0, 1);
    with.skips = false;
    back_end.emplace(path, with);
    if (row.reset) {
      wait_until([&] { return guest.needs_reset(); });
      guest.driver->write(reg::kStatus, 0);
      guest.begin_anew();
      continue;
    }
    guest.wait_for_used(static_cast<uint16_t>(answered + 1));
    EXPECT_FALSE(guest.needs_reset());
    EXPECT_EQ(back_end->inflights, row.protocol ? 1u : 0u);
  }
}

// One that keeps no note cannot go on with the note of the one before, and is not taken for it.
TEST_F(VhostUser, WaitsForABackEndWithNotes) {
  BackEnd::Options with, without;
  without.protocol &= ~vhost_user::kInflight;
  std::optional<BackEnd> back_end(std::in_place, path, with);
  UserPeer peer("--vhost-user", options("blk", path));
  Guest guest(peer);
  guest.driver->start(kVersion1);
  guest.ask();
  guest.wait_for_used(1);
  back_end.reset();
  guest.wait_until_alone();
  guest.ask(0, 1);
  back_end.emplace(path, without);
  wait_until([&] { return back_end->greeted > 1; });
  EXPECT_EQ(back_end->served, 0u);
  back_end.reset();
  back_end.emplace(path, with);
  guest.wait_for_used(2);
}

// It knows the request for a file, and says that it has none.
TEST_F(VhostUser, WithoutANoteOfRequests) {
  BackEnd::Options with;
  with.notes = false;
  BackEnd back_end(path, with);
  UserPeer peer("--vhost-user", options("blk", path));
  Guest guest(peer);
  guest.driver->start(kVersion1);
  guest.ask();
  guest.wait_for_used(1);
  EXPECT_EQ(back_end.inflights, 0u);
}

// Who is looked for, and does not answer, holds neither a reset nor the end of the guest: this
// would take an hour.
TEST_F(VhostUser, ResetsWhileABackEndIsSilent) {
  std::optional<BackEnd> back_end(std::in_place, path, BackEnd::Options{});
  UserPeer peer("--vhost-user", options("blk", path, 3'600'000));
  Guest guest(peer);
  guest.driver->start(kVersion1);
  back_end.reset();
  guest.wait_until_alone();
  BackEnd::Options silent;
  silent.wrong[Request::kGetFeatures] = BackEnd::Answer{.bytes = {}, .request = 0, .none = true};
  back_end.emplace(path, silent);
  wait_until([&] { return back_end->greeted > 0; });
  guest.driver->write(reg::kStatus, 0);
  back_end.reset();
  back_end.emplace(path, BackEnd::Options{});
  guest.begin_anew();
}

// An interrupt that the back end raised for a VM that has gone.
TEST_F(VhostUser, InterruptsAnotherVm) {
  BackEnd back_end(path, {});
  UserPeer peer("--vhost-user rng", options("rng", path));
  Guest guest(peer);
  guest.transport().connected();
  EXPECT_FALSE(guest.irq.level) << "there is no driver";
  guest.driver->start(kVersion1);
  guest.settle();
  const int before = guest.irq.changes;
  guest.transport().connected();
  EXPECT_GE(guest.irq.changes, before + 1);
  EXPECT_TRUE(guest.irq.raised);
}

// The driver may begin, or begin anew, while there is no back end.
TEST_F(VhostUser, BeginsWithoutABackEnd) {
  std::optional<BackEnd> back_end(std::in_place, path, BackEnd::Options{});
  UserPeer peer("--vhost-user blk", options("blk", path));
  back_end.reset();
  {
    Guest guest(peer);
    guest.driver->start(kVersion1);
    guest.ask();
    guest.driver->write(reg::kStatus, 0);
  }
  Guest guest(peer);
  guest.driver->start(kVersion1);
  guest.ask();
  back_end.emplace(path, BackEnd::Options{});
  guest.wait_for_used(1);
}

TEST_F(VhostUser, RefusesABackEndAtSetUp) {
  using Answer = BackEnd::Answer;
  const struct {
    const char* name;
    std::function<void(BackEnd::Options&)> change;
    const char* message;
  } rows[] = {
      {"legacy", [](auto& o) { o.features &= ~kVersion1; }, "no devices of virtio 1.0"},
      {"few queues", [](auto& o) { o.queues = 1; }, "1 queues, 2 are needed"},
      {"no number of queues", [](auto& o) { o.protocol &= ~vhost_user::kMultiQueue; },
       "one queue for requests; leave queues= away"},
      {"no configuration", [](auto& o) { o.protocol = vhost_user::kMultiQueue; },
       "does not tell the device's"},
      {"short answer", [](auto& o) { o.wrong[Request::kGetFeatures] = Answer{.bytes = {}}; },
       "answers GET_FEATURES with 0 bytes, expected 8"},
      {"long answer",
       [](auto& o) { o.wrong[Request::kGetFeatures] = Answer{.bytes = std::vector<std::byte>(9)}; },
       "answers GET_FEATURES with 9 bytes, expected 8"},
      {"an error for the configuration",
       [](auto& o) { o.wrong[Request::kGetConfig] = Answer{.bytes = {}}; },
       "answers GET_CONFIG with 0 bytes, expected 72"},
      {"another answer",
       [](auto& o) {
         o.wrong[Request::kGetFeatures] = Answer{.bytes = std::vector<std::byte>(8), .request = 15};
       },
       "request 15 answers GET_FEATURES"},
      {"a refusal",
       [](auto& o) { o.wrong[Request::kSetOwner] = Answer{.bytes = bytes_of(uint64_t{1})}; },
       "refuses SET_OWNER"},
      {"silence", [](auto& o) { o.wrong[Request::kGetFeatures] = Answer{.none = true}; },
       "has not answered for 50 ms"},
      {"it goes", [](auto& o) { o.last = Request::kSetOwner; }, "has gone"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    BackEnd::Options with;
    row.change(with);
    BackEnd back_end(path, with);
    const int patience = std::string(row.name) == "silence" ? 50 : 10'000;
    try {
      UserPeer::Options two = options("blk", path, patience);
      two.queues = 2;
      UserPeer peer("--vhost-user blk", two);
      ADD_FAILURE() << "it was accepted";
    } catch (const SetupError& error) {
      EXPECT_NE(std::string(error.what()).find(row.message), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(UserPeer("--vhost-user blk", options("blk", path)), SetupError) << "nobody listens";
}

// Of a card's queues some back ends count the pairs.
TEST_F(VhostUser, CountsPairsOfQueues) {
  BackEnd::Options with;
  with.queues = 1;
  BackEnd back_end(path, with);
  UserPeer peer("--vhost-user net", options("net", path));
  EXPECT_EQ(peer.queues(), 2u);
}

// What the kernel serves, it serves whole: it would go on with what it last knew of a queue.
TEST(VhostDevice, ServesAllQueuesOrNone) {
  class Peer final : public VhostPeer {
   public:
    uint64_t features() const override { return kVersion1; }
    bool begin(uint64_t, GuestMemory&) override { return true; }
    bool start_queue(unsigned, const Virtqueue&, const Events&) override { return ++queues; }
    bool stop_queue(unsigned, Virtqueue&) override { return true; }
    std::string why() const override { return "?"; }
    unsigned queues = 0;
  };
  class Device final : public VhostDevice {
   public:
    using VhostDevice::VhostDevice;
    uint32_t id() const override { return 19; }
    std::string_view name() const override { return "virtio-vsock"; }
    std::span<const uint16_t> queue_sizes() const override { return sizes_; }

   private:
    unsigned served() const override { return 2; }
    const std::array<uint16_t, 3> sizes_ = {8, 8, 8};
  };
  const struct {
    const char* name;
    std::vector<unsigned> queues;
    unsigned served;
    bool reset;
  } rows[] = {
      {"all", {0, 1, 2}, 2, false},   {"its own", {0, 1}, 2, false}, {"none", {}, 0, false},
      {"the first", {0, 2}, 0, true}, {"the second", {1}, 0, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    GuestMemory memory{layout::kRamBase, kMemory, GuestMemory::Kind::kShared};
    EventLoop loop;
    CallersWorker worker;
    FakeIrqLine irq;
    Peer peer;
    Device device(loop, peer, memory);
    VirtioMmio transport(device, memory, irq, layout::kVirtioSpiBase, worker);
    VirtioDriver driver(transport, memory);
    EXPECT_TRUE(driver.negotiate(kVersion1));
    for (const unsigned queue : row.queues) driver.place(queue);
    driver.go();
    EXPECT_EQ(peer.queues, row.served);
    EXPECT_EQ((driver.read(reg::kStatus) & kNeedsReset) != 0, row.reset);
  }
}

// Whatever a back end does while the guest runs, the device waits for a better one.
TEST_F(VhostUser, SurvivesABadBackEnd) {
  using Answer = BackEnd::Answer;
  const struct {
    const char* name;
    Request request;
    Answer answer;
  } rows[] = {
      {"memory refused", Request::kSetMemTable, {.bytes = bytes_of(uint64_t{1})}},
      {"queue refused", Request::kSetVringAddr, {.bytes = bytes_of(uint64_t{1})}},
      {"no answer", Request::kSetVringKick, {.none = true}},
      {"no note", Request::kGetInflightFd, {.bytes = {}}},
      {"no base", Request::kGetVringBase, {.bytes = {}}},
      {"no base ever", Request::kGetVringBase, {.none = true}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::optional<BackEnd> back_end;
    BackEnd::Options with;
    with.wrong[row.request] = row.answer;
    back_end.emplace(path, with);
    UserPeer peer("--vhost-user blk", options("blk", path, row.answer.none ? 50 : 10'000));
    Guest guest(peer);
    guest.driver->start(kVersion1);
    guest.settle();
    guest.driver->write(reg::kStatus, 0);
    back_end.reset();
    back_end.emplace(path, BackEnd::Options{});
    guest.begin_anew();
  }
}

TEST_F(VhostUser, CutsOffWhoSpeaksUnasked) {
  BackEnd back_end(path, {});
  UserPeer peer("--vhost-user rng", options("rng", path));
  Guest guest(peer);
  guest.driver->start(kVersion1);
  guest.ask();
  guest.wait_for_used(1);
  back_end.speak();
  // It is joined again, as it listens still.
  wait_until([&] { return back_end.inflights == 2; });
  guest.ask(0, 1);
  guest.wait_for_used(2);
  back_end.send_request(vhost_user::kConfigChanged, std::vector<std::byte>(5000));
  guest.ask(0, 2);
  guest.wait_for_used(3);
}

// One that was started for the guest alone does not come back.
TEST_F(VhostUser, SaysThatItWillNotComeBack) {
  std::optional<BackEnd> back_end(std::in_place, path, BackEnd::Options{});
  UserPeer peer("--share", options("fs", ""), try_connect("test", path));
  Guest guest(peer);
  guest.driver->start(kVersion1);
  back_end.reset();
  wait_until([&] { return guest.needs_reset(); });
}

}  // namespace
}  // namespace hvk::test
