// SPDX-License-Identifier: GPL-2.0-only
// Virtio's transport and queues, by a driver that obeys the rules and by drivers
// that do not.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "devices/virtio_rng.h"
#include "tests/unit/support.h"
#include "tests/unit/virtio_driver.h"
#include "virtio/worker.h"

namespace hvk::test {
namespace {

constexpr uint64_t kVersion1 = uint64_t{1} << 32, kEventIndex = 1 << 29, kIndirectFeature = 1 << 28;

// Answers each request with the bytes that it was asked by, as far as they fit, and notes what the
// transport does with it.
class Echo final : public VirtioDevice {
 public:
  uint32_t id() const override { return 42; }
  std::string_view name() const override { return "virtio-echo"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  uint64_t features() const override { return 0x5; }
  void read_config(uint64_t offset, std::span<std::byte> to) const override {
    copy_config(std::as_bytes(std::span(config)), offset, to);
  }
  void write_config(uint64_t offset, std::span<const std::byte> from) override {
    written = fmt::format("{}+{}", offset, from.size());
  }
  void start(uint64_t features, VirtioHost& host) override {
    happened += fmt::format("start {:x};", features);
    host_ = &host;
  }
  void notified(unsigned index) override {
    Virtqueue& queue = *host_->queue(index);
    Chain chain;
    queue.hold_notifications();
    do {
      while (queue.take(chain)) {
        std::vector<std::byte> bytes(chain.readable.size());
        chain.readable.read(0, bytes);
        const size_t n = chain.writable.write(0, bytes);
        queue.give_back(chain.head, static_cast<uint32_t>(n));
      }
    } while (queue.notify_again());
    host_->used(index);
  }
  void stop(Stop) override {
    happened += "stop;";
    host_ = nullptr;
  }
  nlohmann::json save() const override { return config; }
  void restore(const nlohmann::json& state) override { config = state; }

  VirtioHost* host() { return host_; }

  static constexpr uint16_t kQueues[] = {8, 16};
  std::array<uint8_t, 6> config = {1, 2, 3, 4, 5, 6};
  std::string happened, written;

 private:
  VirtioHost* host_ = nullptr;
};

class Virtio : public testing::Test {
 protected:
  static constexpr uint32_t kSpi = 16;
  static constexpr uint64_t kData = layout::kRamBase + 0x100000;

  // A request of `text`, answered behind it.
  void ask(std::string_view text, unsigned index = 0, uint32_t room = 64) {
    DriverQueue& queue = driver.queue(index);
    std::memcpy(memory.at(kData, text.size())->data(), text.data(), text.size());
    queue.set(0, {kData, static_cast<uint32_t>(text.size()), kNext, 1});
    queue.set(1, {kData + 0x1000, room, kWrite, 0});
    queue.offer(0);
    driver.notify(index);
  }
  std::string answer(size_t size) {
    return {reinterpret_cast<const char*>(memory.at(kData + 0x1000, size)->data()), size};
  }
  bool needs_reset() { return driver.read(reg::kStatus) & kNeedsReset; }

  GuestMemory memory{layout::kRamBase, kMemory};
  Echo device;
  FakeIrqLine irq;
  CallersWorker worker;
  VirtioMmio transport{device, memory, irq, kSpi, worker};
  VirtioDriver driver{transport, memory};
};

TEST_F(Virtio, Registers) {
  const struct {
    const char* name;
    uint64_t offset;
    unsigned size;
    uint64_t value;
  } kTable[] = {
      {"MagicValue", reg::kMagic, 4, 0x74726976},
      {"a byte of it", reg::kMagic + 1, 1, 'i'},
      {"more than it", reg::kMagic, 8, 0x74726976},
      {"Version", reg::kVersion, 4, 2},
      {"DeviceID", reg::kDeviceId, 4, 42},
      {"InterruptStatus", reg::kInterruptStatus, 4, 0},
      {"Status", reg::kStatus, 4, 0},
      {"a shared region", reg::kShmLenLow, 4, 0xffffffff},
      {"Config", reg::kConfig, 1, 1},
      {"of two bytes", reg::kConfig + 2, 2, 0x0403},
      {"beyond its end", reg::kConfig + 4, 4, 0x0605},
      {"far beyond", reg::kConfig + 0xf8, 8, 0},
      {"nothing's", 0x0c8, 4, 0},
  };
  for (const auto& row : kTable)
    EXPECT_EQ(transport.read(row.offset, row.size), row.value) << row.name;
  transport.write(reg::kConfig + 3, 2, 7);
  EXPECT_EQ(device.written, "3+2");

  EXPECT_EQ(driver.offered(), 0x5 | kIndirectFeature | kEventIndex | kVersion1);
  driver.write(reg::kDeviceFeaturesSel, 2);
  EXPECT_EQ(driver.read(reg::kDeviceFeatures), 0u);
  const struct { uint32_t queue, most; } kQueues[] = {{0, 8}, {1, 16}, {2, 0}, {0xffffffff, 0}};
  for (const auto& row : kQueues) {
    driver.write(reg::kQueueSel, row.queue);
    EXPECT_EQ(driver.read(reg::kQueueNumMax), row.most);
    EXPECT_EQ(driver.read(reg::kQueueReady), 0u);
    driver.write(reg::kQueueNum, 4);
    driver.write(reg::kQueueReady, row.most ? 0 : 1);
  }
}

TEST_F(Virtio, Node) {
  DescribedTree tree(transport, 0x0a000000);
  EXPECT_EQ(tree.property("/virtio_mmio@a000000", "compatible"), std::string("virtio,mmio\0", 12));
  EXPECT_EQ(tree.property("/virtio_mmio@a000000", "reg"), cells({0, 0x0a000000, 0, 0x200}));
  EXPECT_EQ(tree.property("/virtio_mmio@a000000", "interrupts"), cells({0, 16, 1}));
  EXPECT_EQ(tree.property("/virtio_mmio@a000000", "dma-coherent"), "");
}

TEST_F(Virtio, Features) {
  const struct {
    const char* name;
    uint64_t features;
    bool good;
  } kTable[] = {
      {"all", 0x5 | kIndirectFeature | kEventIndex | kVersion1, true},
      {"the least", kVersion1, true},
      {"a legacy driver's", 0x5, false},
      {"one that was not offered", 0x2 | kVersion1, false},
      {"one of the transport that was not", kVersion1 | uint64_t{1} << 34, false},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(driver.negotiate(row.features), row.good) << row.name;
    driver.go();
    EXPECT_EQ(device.happened.starts_with("start"), row.good) << row.name;
    driver.write(reg::kStatus, 0);
    device.happened.clear();
  }
  // What was accepted is not changed any more.
  driver.negotiate(kVersion1);
  driver.write(reg::kDriverFeaturesSel, 0);
  driver.write(reg::kDriverFeatures, 1);
  driver.go();
  EXPECT_EQ(device.happened, "start 100000000;");
}

TEST_F(Virtio, RequestAndInterrupt) {
  driver.start(kVersion1);
  ask("hello");
  EXPECT_EQ(driver.queue().collect(), (std::vector<UsedElement>{{0, 5}}));
  EXPECT_EQ(answer(5), "hello");
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(driver.take_interrupt(), 1u);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(driver.read(reg::kInterruptStatus), 0u);

  driver.queue().set_flags(1);  // no interrupt, please
  ask("again");
  EXPECT_EQ(driver.queue().collect(), (std::vector<UsedElement>{{0, 5}}));
  EXPECT_FALSE(irq.level);

  ask("into little room", 1, 3);
  EXPECT_EQ(driver.queue(1).collect(), (std::vector<UsedElement>{{0, 3}}));
}

TEST_F(Virtio, EventIndex) {
  driver.start(kVersion1 | kEventIndex);
  DriverQueue& queue = driver.queue();
  EXPECT_EQ(queue.available_event(), 0);
  const struct {
    uint16_t event;
    bool interrupt;
  } kTable[] = {{0, true}, {1, true}, {5, false}, {5, false}, {5, false}, {5, true}, {5, false}};
  for (const auto& row : kTable) {
    queue.set_used_event(row.event);
    ask("x");
    EXPECT_EQ(driver.take_interrupt(), row.interrupt ? 1u : 0u) << queue.used_index();
    EXPECT_EQ(queue.available_event(), queue.used_index());
  }
}

// The indices wrap around after 65,536 requests.
TEST_F(Virtio, ManyRequests) {
  driver.start(kVersion1 | kEventIndex);
  DriverQueue& queue = driver.queue();
  for (unsigned count = 0; count < 70000; ++count) {
    queue.set_used_event(static_cast<uint16_t>(count));
    ask("x");
    ASSERT_EQ(queue.collect(), (std::vector<UsedElement>{{0, 1}})) << count;
    ASSERT_EQ(driver.take_interrupt(), 1u) << count;
  }
}

TEST_F(Virtio, OfferedBeforeTheStart) {
  driver.negotiate(kVersion1);
  driver.place(0);
  ask("early");
  EXPECT_EQ(driver.queue().collect().size(), 0u);
  driver.go();
  EXPECT_EQ(driver.queue().collect().size(), 1u);
}

TEST_F(Virtio, Indirect) {
  driver.start(kVersion1 | kIndirectFeature);
  DriverQueue& queue = driver.queue();
  const uint64_t table = kData + 0x2000;
  std::memcpy(memory.at(kData, 6)->data(), "abcdef", 6);
  queue.put(table, Descriptor{kData, 2, kNext, 2});
  queue.put(table + 16, Descriptor{kData + 0x1000, 64, kWrite, 0});
  queue.put(table + 32, Descriptor{kData + 2, 4, kNext, 1});
  queue.set(3, {table, 48, kIndirect, 0});
  queue.offer(3);
  driver.notify(0);
  EXPECT_EQ(queue.collect(), (std::vector<UsedElement>{{3, 6}}));
  EXPECT_EQ(answer(6), "abcdef");
}

TEST_F(Virtio, BadChains) {
  const uint64_t end = layout::kRamBase + kMemory, table = kData + 0x2000;
  struct Row {
    const char* name;
    std::vector<Descriptor> table;
    uint16_t head = 0;
    std::vector<Descriptor> indirect = {};
    uint64_t features = kVersion1 | kIndirectFeature;
  };
  std::vector<Descriptor> nine(9, Descriptor{kData, 1, kNext, 0});
  for (uint16_t i = 0; i < nine.size(); ++i) nine[i].next = static_cast<uint16_t>(i + 1);
  const Row kTable[] = {
      {"the head is no descriptor", {{kData, 1, 0, 0}}, 8},
      {"the head is far away", {{kData, 1, 0, 0}}, 0xffff},
      {"the next is no descriptor", {{kData, 1, kNext, 8}}},
      {"a loop of one", {{kData, 1, kNext, 0}}},
      {"a loop of two", {{kData, 1, kNext, 1}, {kData, 1, kNext, 0}}},
      {"below the RAM", {{0x09000000, 4, 0, 0}}},
      {"at nought", {{0, 4, kWrite, 0}}},
      {"behind the RAM", {{end, 4, 0, 0}}},
      {"across its end", {{end - 2, 4, kWrite, 0}}},
      {"around the end of all", {{UINT64_MAX, 4, 0, 0}}},
      {"enormous", {{kData, UINT32_MAX, kWrite, 0}}},
      {"to read behind to write", {{kData, 1, kWrite | kNext, 1}, {kData, 1, 0, 0}}},
      {"indirect and not negotiated",
       {{table, 16, kIndirect, 0}},
       0,
       {{kData, 1, 0, 0}},
       kVersion1},
      {"indirect of no size", {{table, 0, kIndirect, 0}}},
      {"indirect of an odd size", {{table, 17, kIndirect, 0}}, 0, {{kData, 1, 0, 0}}},
      {"indirect at an odd place", {{table + 8, 16, kIndirect, 0}}},
      {"indirect outside", {{end, 16, kIndirect, 0}}},
      {"indirect with a next", {{table, 16, kIndirect | kNext, 1}}, 0, {{kData, 1, 0, 0}}},
      {"indirect in indirect", {{table, 16, kIndirect, 0}}, 0, {{table, 16, kIndirect, 0}}},
      {"indirect, its next outside", {{table, 16, kIndirect, 0}}, 0, {{kData, 1, kNext, 1}}},
      {"indirect, a loop", {{table, 16, kIndirect, 0}}, 0, {{kData, 1, kNext, 0}}},
      {"indirect, longer than the queue", {{table, 9 * 16, kIndirect, 0}}, 0, nine},
  };
  for (const Row& row : kTable) {
    DriverQueue& queue = driver.queue();
    for (size_t i = 0; i < row.table.size(); ++i) queue.set(i, row.table[i]);
    for (size_t i = 0; i < row.indirect.size(); ++i) queue.put(table + 16 * i, row.indirect[i]);
    queue.clear();
    driver.start(row.features);
    queue.offer(row.head);
    driver.notify(0);
    EXPECT_TRUE(needs_reset()) << row.name;
    EXPECT_EQ(queue.used_index(), 0) << row.name;
    EXPECT_EQ(driver.take_interrupt(), 2u) << row.name;  // the configuration has changed

    // It stands still until it is reset, and then works.
    queue.set(0, {kData, 1, 0, 0});
    queue.offer(0);
    driver.notify(0);
    EXPECT_EQ(queue.used_index(), 0) << row.name;
    queue.clear();
    driver.start(kVersion1);
    EXPECT_FALSE(needs_reset()) << row.name;
    ask("x");
    EXPECT_EQ(queue.used_index(), 1) << row.name;
  }
}

TEST_F(Virtio, EmptyBuffers) {
  driver.start(kVersion1);
  DriverQueue& queue = driver.queue();
  queue.set(0, {kData, 0, kNext, 1});
  queue.set(1, {layout::kRamBase + kMemory, 0, kNext, 2});  // nothing, at the very end
  queue.set(2, {kData + 0x1000, 0, kWrite, 0});
  queue.offer(0);
  driver.notify(0);
  EXPECT_FALSE(needs_reset());
  EXPECT_EQ(queue.collect(), (std::vector<UsedElement>{{0, 0}}));
}

TEST_F(Virtio, MoreAvailableThanTheQueueHas) {
  driver.start(kVersion1);
  driver.queue().set_index(9);
  driver.notify(0);
  EXPECT_TRUE(needs_reset());
}

// What a back end has not given back, that serves the queue by itself and is gone.
TEST_F(Virtio, UsedInOrder) {
  const struct {
    const char* name;
    std::vector<uint16_t> available;
    std::vector<uint16_t> used;
    bool in_order;
  } rows[] = {
      {"nothing", {}, {}, true},
      {"all", {3, 1, 2}, {3, 1, 2}, true},
      {"all, in another order", {3, 1, 2}, {2, 3, 1}, true},
      {"none yet", {3, 1, 2}, {}, true},
      {"the first ones", {3, 1, 2}, {3, 1}, true},
      {"not the first", {3, 1, 2}, {1}, false},
      {"not the second", {3, 1, 2}, {3, 2}, false},
      {"a full queue", {0, 1, 2, 3, 4, 5, 6, 7}, {}, true},
      {"round again", {0, 1, 2, 3, 4, 5, 6, 7, 1, 0}, {0, 1, 2, 3, 4}, true},
      {"one for long", {7, 1, 2, 3, 4, 5, 6, 1, 2, 3}, {1, 2, 3, 4, 5, 6, 1}, false},
      {"more than it holds", {0, 1, 2, 3, 4, 5, 6, 7, 1}, {}, false},
  };
  for (const auto& row : rows) {
    DriverQueue& rings = driver.queue();
    rings.clear();
    const QueuePlace place = {8, rings.table(), rings.available(), rings.used()};
    std::string why;
    const auto queue = Virtqueue::make(memory, place, {.most = 8}, why);
    ASSERT_TRUE(queue) << why;
    for (const uint16_t head : row.available) rings.offer(head);
    for (size_t i = 0; i < row.used.size(); ++i) {
      rings.put(rings.used() + 4 + 8 * (i % 8), UsedElement{row.used[i], 0});
    }
    rings.put<uint16_t>(rings.used() + 2, static_cast<uint16_t>(row.used.size()));
    EXPECT_EQ(queue->used_in_order(), row.in_order) << row.name;
  }
}

TEST_F(Virtio, BadPlaces) {
  const uint64_t base = layout::kRamBase, end = base + kMemory;
  const struct {
    const char* name;
    QueuePlace place;
  } kTable[] = {
      {"no size", {0, base, base + 0x1000, base + 0x2000}},
      {"no power of two", {7, base, base + 0x1000, base + 0x2000}},
      {"too large", {16, base, base + 0x1000, base + 0x2000}},
      {"enormous", {0x8000, base, base + 0x1000, base + 0x2000}},
      {"the table is not aligned", {8, base + 8, base + 0x1000, base + 0x2000}},
      {"the available ring is not", {8, base, base + 0x1001, base + 0x2000}},
      {"the used ring is not", {8, base, base + 0x1000, base + 0x2002}},
      {"the table is not in RAM", {8, end - 64, base + 0x1000, base + 0x2000}},
      {"the available ring is not in RAM", {8, base, 0x08000000, base + 0x2000}},
      {"the used ring is not in RAM", {8, base, base + 0x1000, end - 64}},
      {"nowhere", {8, UINT64_MAX - 15, UINT64_MAX - 1, UINT64_MAX - 3}},
  };
  for (const auto& row : kTable) {
    driver.negotiate(kVersion1);
    driver.place(1);
    driver.write(reg::kQueueSel, 0);
    driver.write(reg::kQueueNum, row.place.size);
    driver.write64(reg::kDescLow, row.place.descriptors);
    driver.write64(reg::kDriverLow, row.place.driver_area);
    driver.write64(reg::kDeviceLow, row.place.device_area);
    driver.write(reg::kQueueReady, 1);
    driver.go();
    EXPECT_TRUE(needs_reset()) << row.name;
    driver.notify(0);
    driver.notify(1);
  }
  EXPECT_EQ(device.happened, "");
}

// What a driver may not do while the device is live has no effect.
TEST_F(Virtio, LiveQueuesStay) {
  driver.start(kVersion1);
  driver.write(reg::kQueueSel, 0);
  driver.write64(reg::kDescLow, 0);
  driver.write(reg::kQueueNum, 2);
  driver.notify(2);
  driver.notify(0xffffffff);
  driver.write(reg::kStatus, kAcknowledge);  // takes no bit back
  ask("still there");
  EXPECT_EQ(driver.queue().collect(), (std::vector<UsedElement>{{0, 11}}));

  // It can stop one queue, and cannot start it again.
  driver.write(reg::kQueueReady, 0);
  EXPECT_EQ(driver.read(reg::kQueueReady), 0u);
  driver.write(reg::kQueueReady, 1);
  ask("gone");
  EXPECT_EQ(driver.queue().collect().size(), 0u);
  ask("the other", 1);
  EXPECT_EQ(driver.queue(1).collect().size(), 1u);
  EXPECT_EQ(device.happened, "start 100000000;stop;start 100000000;");
}

TEST_F(Virtio, Reset) {
  driver.start(kVersion1);
  ask("x");
  EXPECT_TRUE(irq.level);
  driver.write(reg::kStatus, 0);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(device.happened, "start 100000000;stop;");
  EXPECT_EQ(driver.read(reg::kStatus), 0u);
  driver.write(reg::kQueueSel, 0);
  EXPECT_EQ(driver.read(reg::kQueueReady), 0u);
  ask("nobody is there");
  EXPECT_EQ(driver.queue().used_index(), 1);
}

TEST_F(Virtio, ConfigurationChanges) {
  driver.start(kVersion1);
  const uint32_t before = driver.read(reg::kConfigGeneration);
  device.host()->config_changed();
  EXPECT_NE(driver.read(reg::kConfigGeneration), before);
  EXPECT_EQ(driver.take_interrupt(), 2u);
}

TEST_F(Virtio, SavedAndRestored) {
  driver.start(kVersion1 | kEventIndex);
  driver.queue().set_used_event(2);
  for (int i = 0; i < 3; ++i) ask("x");
  const nlohmann::json state = transport.save();
  EXPECT_EQ(device.happened, "start 120000000;stop;start 120000000;");
  ask("goes on");
  EXPECT_EQ(driver.queue().used_index(), 4);

  // The other guest's memory is what this one's was when the state was saved.
  driver.queue().put<uint16_t>(driver.queue().used() + 2, 3);
  driver.queue().set_index(3);
  driver.write(reg::kStatus, 0);
  Echo device2;
  device2.config = {};
  FakeIrqLine irq2;
  CallersWorker worker2;
  VirtioMmio transport2(device2, memory, irq2, kSpi, worker2);
  transport2.restore(state);
  EXPECT_TRUE(irq2.level);
  EXPECT_EQ(transport2.save(), state);
  EXPECT_EQ(device2.config, device.config);
  driver.queue().offer(0);
  transport2.write(reg::kQueueNotify, 4, 0);
  EXPECT_EQ(driver.queue().used_index(), 4);
  EXPECT_EQ(driver.queue().used_at(3), (UsedElement{0, 7}));
}

// Features that a driver has written, but that have not been accepted.
TEST_F(Virtio, SavedBeforeFeaturesAreAccepted) {
  for (const uint64_t features : {uint64_t{0}, UINT64_MAX}) {
    driver.negotiate(features);
    const nlohmann::json state = transport.save();
    Echo device2;
    FakeIrqLine irq2;
    CallersWorker worker2;
    VirtioMmio transport2(device2, memory, irq2, kSpi, worker2);
    transport2.restore(state);
    EXPECT_EQ(transport2.save(), state);
    EXPECT_EQ(transport2.read(reg::kStatus, 4), kAcknowledge | kDriver);
  }
}

TEST_F(Virtio, NoState) {
  driver.start(kVersion1);
  const nlohmann::json good = transport.save();
  driver.write(reg::kStatus, 0);
  const struct {
    const char* name;
    nlohmann::json change;
  } kTable[] = {
      {"another device's", {{"device", "virtio-rng"}}},
      {"of one queue", {{"queues", {good["queues"][0]}}}},
      {"of queues that are none", {{"queues", 5}}},
      {"without features", {{"features", nullptr}}},
      {"of features that are not there", {{"features", 0x10}}},
  };
  for (const auto& row : kTable) {
    nlohmann::json state = good;
    state.merge_patch(row.change);
    EXPECT_THROW(transport.restore(state), SetupError) << row.name;
    EXPECT_EQ(driver.read(reg::kStatus), 0u) << row.name;
  }
  EXPECT_THROW(transport.restore({}), SetupError);
}

// Each device that needs a reset says why, once.
TEST_F(Virtio, SaysWhatIsWrong) {
  OnceLog log("guest: ");
  transport.set_log(&log);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    driver.queue().clear();
    driver.start(kVersion1);
    driver.queue().set(0, {0x09000000, 4, 0, 0});
    driver.queue().offer(0);
    driver.notify(0);
  }
  EXPECT_EQ(
      testing::internal::GetCapturedStderr(),
      "hvk-run: guest: virtio-echo: queue 0: a buffer of 4 bytes at 0x9000000, which is not in "
      "the guest's RAM; it stands still until its driver resets it\n");
}

TEST(VirtioWorker, InItsThread) {
  ThreadWorker worker("test");
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) worker.post([&order, i] { order.push_back(i); });
  std::thread::id there;
  worker.run([&] {
    order.push_back(3);
    there = std::this_thread::get_id();
  });
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_NE(there, std::this_thread::get_id());
}

TEST(VirtioRng, Answers) {
  GuestMemory memory(layout::kRamBase, kMemory);
  bool there = true;
  VirtioRng device([&](std::span<std::byte> bytes) {
    std::fill(bytes.begin(), bytes.end(), std::byte{0x5a});
    return there;
  });
  FakeIrqLine irq;
  CallersWorker worker;
  VirtioMmio transport(device, memory, irq, 16, worker);
  VirtioDriver driver(transport, memory);
  driver.start(kVersion1);
  DriverQueue& queue = driver.queue();
  const uint64_t data = layout::kRamBase + 0x100000;
  const struct {
    const char* name;
    Descriptor descriptor;
    bool there;
    uint32_t length;
  } kTable[] = {
      {"some", {data, 64, kWrite, 0}, true, 64},
      {"more than at once", {data, 8192, kWrite, 0}, true, 4096},
      {"none there", {data, 64, kWrite, 0}, false, 0},
      {"nothing wanted", {data, 0, kWrite, 0}, true, 0},
      {"to read from", {data, 64, 0, 0}, true, 0},
  };
  for (const auto& row : kTable) {
    there = row.there;
    queue.set(0, row.descriptor);
    queue.offer(0);
    driver.notify(0);
    EXPECT_EQ(queue.collect(), (std::vector<UsedElement>{{0, row.length}})) << row.name;
    EXPECT_EQ(driver.take_interrupt(), 1u) << row.name;
  }
  EXPECT_EQ((*memory.at(data, 1))[0], std::byte{0x5a});

  std::array<std::byte, 64> bytes = {};
  EXPECT_TRUE(VirtioRng::host(bytes));
  EXPECT_NE(bytes, (std::array<std::byte, 64>{}));
}

}  // namespace
}  // namespace hvk::test
