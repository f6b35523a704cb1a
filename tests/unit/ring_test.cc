// SPDX-License-Identifier: GPL-2.0-only
// The message ring of guests/lib: order and content, full and empty, sides that
// begin again, and a peer that writes nonsense.

#include <cstring>
#include <memory>
#include <string>
#include <thread>

extern "C" {
#include "guests/lib/ring.h"
}

namespace {

constexpr uint32_t kHeader = sizeof(ring_shared);

// Shared memory of exactly this size, so that ASan sees what goes beyond.
class Memory {
 public:
  explicit Memory(uint32_t size) : bytes_(new uint8_t[size]()), size_(size) {}
  uint8_t* data() { return bytes_.get(); }
  uint32_t size() const { return size_; }
  ring_shared& shared() { return *reinterpret_cast<ring_shared*>(data()); }
  uint8_t* slot(uint32_t n, uint32_t slot_size) { return data() + kHeader + n * slot_size; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  uint32_t size_;
};

ring open(Memory& memory, ring_role role, uint32_t message_max) {
  ring r;
  EXPECT_EQ(ring_open(&r, role, memory.data(), memory.size(), message_max), RING_OK);
  return r;
}

int put(ring& r, std::string_view message) {
  return ring_put(&r, message.data(), static_cast<uint32_t>(message.size()));
}

std::string get(ring& r) {
  char message[256];
  const int size = ring_get(&r, message, sizeof(message));
  return size < 0 ? "error " + std::to_string(size) : std::string(message, size);
}

TEST(Ring, Shapes) {
  static constexpr struct {
    const char* name;
    uint32_t size, message_max;
    int result;
    uint32_t count;
  } kCases[] = {
      {"one slot", kHeader + 8, 4, RING_OK, 1},
      {"odd sizes are rounded up", kHeader + 8, 1, RING_OK, 1},
      {"empty messages", kHeader + 4, 0, RING_OK, 1},
      {"a page", 4096, 60, RING_OK, 32},
      {"not one slot", kHeader + 7, 4, RING_SIZE, 0},
      {"not even a header", kHeader - 1, 4, RING_SIZE, 0},
      {"nothing", 0, 0, RING_SIZE, 0},
      {"a message as long as a number can be", 4096, 0xffffffff, RING_SIZE, 0},
      {"a message that wraps with its size", 4096, 0xfffffffc, RING_SIZE, 0},
  };
  for (const auto& c : kCases) {
    Memory memory(c.size < kHeader ? kHeader : c.size);
    ring r{};
    EXPECT_EQ(ring_open(&r, RING_PRODUCER, memory.data(), c.size, c.message_max), c.result)
        << c.name;
    EXPECT_EQ(r.count, c.count) << c.name;
  }
}

TEST(Ring, KeepsOrderAndContentRoundAndRound) {
  Memory memory(kHeader + 4 * 16);
  ring producer = open(memory, RING_PRODUCER, 12), consumer = open(memory, RING_CONSUMER, 12);
  EXPECT_EQ(get(consumer), "error -1");
  for (int round = 0; round < 50; round++) {
    EXPECT_EQ(put(producer, ""), RING_OK);
    EXPECT_FALSE(ring_half_full(&producer));
    EXPECT_EQ(put(producer, "twelve bytes"), RING_OK);
    EXPECT_TRUE(ring_half_full(&producer));
    EXPECT_EQ(put(producer, std::to_string(round)), RING_OK);
    EXPECT_FALSE(ring_full(&producer));
    EXPECT_EQ(put(producer, "odd"), RING_OK);
    EXPECT_TRUE(ring_full(&producer));
    EXPECT_EQ(put(producer, "one more"), RING_FULL);
    EXPECT_EQ(get(consumer), "");
    EXPECT_EQ(get(consumer), "twelve bytes");
    EXPECT_EQ(get(consumer), std::to_string(round));
    EXPECT_FALSE(ring_empty(&consumer));
    EXPECT_EQ(get(consumer), "odd");
    EXPECT_TRUE(ring_empty(&consumer));
    EXPECT_FALSE(ring_half_full(&producer));
    EXPECT_EQ(get(consumer), "error -1");
  }
}

TEST(Ring, RefusesMessagesThatAreTooLong) {
  Memory memory(4096);
  ring producer = open(memory, RING_PRODUCER, 13), consumer = open(memory, RING_CONSUMER, 13);
  EXPECT_EQ(put(producer, "12345678901234567"), RING_SIZE);
  EXPECT_EQ(put(producer, "1234567890123"), RING_OK);
  EXPECT_EQ(put(producer, "next"), RING_OK);
  char small[4];
  EXPECT_EQ(ring_get(&consumer, small, sizeof(small)), RING_SIZE);  // dropped
  EXPECT_EQ(ring_get(&consumer, small, sizeof(small)), 4);
}

TEST(Ring, IndicesWrap) {
  Memory memory(kHeader + 4 * 8);
  memory.shared().producer.index = memory.shared().consumer.index = 0xfffffffe;
  ring producer = open(memory, RING_PRODUCER, 4), consumer = open(memory, RING_CONSUMER, 4);
  for (int i = 0; i < 10; i++) {
    EXPECT_EQ(put(producer, "a"), RING_OK);
    EXPECT_EQ(put(producer, "b"), RING_OK);
    EXPECT_EQ(get(consumer), "a");
    EXPECT_EQ(get(consumer), "b");
  }
  EXPECT_EQ(memory.shared().producer.index, 18u);
}

TEST(Ring, BeginsAgainWhereItWas) {
  Memory memory(4096);
  ring producer = open(memory, RING_PRODUCER, 12), consumer = open(memory, RING_CONSUMER, 12);
  put(producer, "first");
  put(producer, "second");
  EXPECT_EQ(get(consumer), "first");
  producer = open(memory, RING_PRODUCER, 12);
  EXPECT_EQ(put(producer, "third"), RING_OK);
  consumer = open(memory, RING_CONSUMER, 12);
  EXPECT_EQ(get(consumer), "second");
  EXPECT_EQ(get(consumer), "third");
}

// What the peer may have left in this side's own line.
TEST(Ring, BeginsAnewOverNonsense) {
  for (const uint32_t nonsense : {1000u, 0x80000000u, 0xffffffffu}) {
    Memory memory(kHeader + 4 * 16);
    ring consumer = open(memory, RING_CONSUMER, 12);
    memory.shared().producer.index = nonsense;
    ring producer = open(memory, RING_PRODUCER, 12);
    EXPECT_EQ(put(producer, "sane"), RING_OK) << nonsense;
    EXPECT_EQ(get(consumer), "sane") << nonsense;
  }
}

TEST(Ring, PeersIndexIsChecked) {
  for (const uint32_t nonsense : {5u, 1000u, 0x80000000u, 0xffffffffu}) {
    Memory memory(kHeader + 4 * 16);
    ring consumer = open(memory, RING_CONSUMER, 12);
    memory.shared().producer.index = nonsense;
    EXPECT_EQ(get(consumer), "error -3") << nonsense;
    EXPECT_EQ(get(consumer), "error -3") << nonsense;
    EXPECT_TRUE(ring_empty(&consumer)) << nonsense;
    memory.shared().producer.index = 1;
    EXPECT_EQ(get(consumer), "") << nonsense;

    Memory other(kHeader + 4 * 16);
    ring producer = open(other, RING_PRODUCER, 12);
    for (int i = 0; i < 4; i++) EXPECT_EQ(put(producer, "fill"), RING_OK);
    other.shared().consumer.index = nonsense;
    EXPECT_EQ(put(producer, "more"), RING_BROKEN) << nonsense;
    EXPECT_TRUE(ring_full(&producer)) << nonsense;
    other.shared().consumer.index = 4;
    EXPECT_EQ(put(producer, "more"), RING_OK) << nonsense;
  }
}

TEST(Ring, PeersSizesAreChecked) {
  for (const uint32_t nonsense : {13u, 0x7fffffffu, 0xffffffffu}) {
    Memory memory(kHeader + 4 * 16);
    ring producer = open(memory, RING_PRODUCER, 12), consumer = open(memory, RING_CONSUMER, 12);
    put(producer, "good");
    put(producer, "next");
    std::memcpy(memory.slot(0, 16), &nonsense, sizeof(nonsense));
    EXPECT_EQ(get(consumer), "error -4") << nonsense;
    EXPECT_EQ(get(consumer), "next") << nonsense;
  }
}

// Whatever a peer writes anywhere, at any time: results, never accesses beyond (ASan).
TEST(Ring, RandomNonsense) {
  Memory memory(kHeader + 3 * 20);
  uint64_t state = 88172645463325252;
  auto random = [&] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<uint32_t>(state >> 16);
  };
  ring producer = open(memory, RING_PRODUCER, 16), consumer = open(memory, RING_CONSUMER, 16);
  for (int i = 0; i < 100000; i++) {
    memory.data()[random() % memory.size()] = static_cast<uint8_t>(random());
    if (random() % 64 == 0) producer = open(memory, RING_PRODUCER, 16);
    if (random() % 64 == 0) consumer = open(memory, RING_CONSUMER, 16);
    put(producer, "0123456789abcdef");
    char message[16];
    const int size = ring_get(&consumer, message, sizeof(message));
    ASSERT_TRUE(size <= 16 && size >= RING_SIZE) << size;
  }
}

TEST(Ring, TellsWhoMustBeNotified) {
  Memory memory(4096);
  ring producer = open(memory, RING_PRODUCER, 12), consumer = open(memory, RING_CONSUMER, 12);
  EXPECT_FALSE(ring_must_notify(&producer));
  ring_sleep(&consumer);
  EXPECT_TRUE(ring_must_notify(&producer));
  EXPECT_FALSE(ring_must_notify(&consumer));
  ring_wake(&consumer);
  EXPECT_FALSE(ring_must_notify(&producer));
}

TEST(Ring, WakesAProducerWhenHalfIsFree) {
  Memory memory(kHeader + 4 * 16);
  ring producer = open(memory, RING_PRODUCER, 12), consumer = open(memory, RING_CONSUMER, 12);
  for (int i = 0; i < 4; i++) put(producer, "fill");
  ring_sleep(&producer);
  get(consumer);
  EXPECT_FALSE(ring_must_notify(&consumer));
  get(consumer);
  EXPECT_TRUE(ring_must_notify(&consumer));
  ring_wake(&producer);
  EXPECT_FALSE(ring_must_notify(&consumer));
}

TEST(Ring, TwoThreads) {
  constexpr uint32_t kMessages = 20000;
  Memory memory(kHeader + 16 * 16);
  std::thread sender([&memory] {
    ring producer = open(memory, RING_PRODUCER, 12);
    for (uint32_t n = 0; n < kMessages;) {
      const uint32_t message[3] = {n, ~n, n * 7};
      if (ring_put(&producer, message, 4 + n % 3 * 4) == RING_OK)
        n++;
      else
        std::this_thread::yield();
    }
  });
  ring consumer = open(memory, RING_CONSUMER, 12);
  uint32_t wrong = 0;
  for (uint32_t n = 0; n < kMessages;) {
    uint32_t message[3] = {0, ~n, n * 7};
    const int size = ring_get(&consumer, message, sizeof(message));
    if (size == RING_EMPTY) {
      std::this_thread::yield();
      continue;
    }
    wrong += size != static_cast<int>(4 + n % 3 * 4) || message[0] != n || message[1] != ~n ||
             message[2] != n * 7;
    n++;
  }
  sender.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_TRUE(ring_empty(&consumer));
}

}  // namespace
