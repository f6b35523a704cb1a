// SPDX-License-Identifier: GPL-2.0-only
// A Linux process's end of a ring: whom it notifies.

#include <linux/gpio.h>

#include <cstring>
#include <vector>

#include "link_bench.h"

extern "C" {
#include "guests/linux/link.h"
}

namespace {

constexpr int kNotify = 5;
unsigned rises;  // of the channel's line

// A consumer frees a slot by each message that it takes, also by one that is dropped because
// it is too long: a producer that sleeps because the ring was full hears of it.
TEST(Link, TellsTheProducerOfEachFreeSlot) {
  const struct {
    const char* name;
    uint32_t max;
    int result;
  } kTable[] = {
      {"taken", 4, 4},
      {"dropped", 3, RING_SIZE},
  };
  for (const auto& t : kTable) {
    alignas(8) uint8_t memory[sizeof(ring_shared) + 2 * 8] = {};
    uint8_t message[4] = {};
    ring producer;
    struct link consumer;
    ASSERT_EQ(ring_open(&producer, RING_PRODUCER, memory, sizeof(memory), 4), RING_OK);
    link_open(&consumer, RING_CONSUMER, memory, sizeof(memory), 4, kNotify, -1);
    while (ring_put(&producer, message, sizeof(message)) == RING_OK) {
    }
    ring_sleep(&producer);
    ASSERT_TRUE(ring_full(&producer));
    rises = 0;
    EXPECT_EQ(link_receive(&consumer, message, t.max, 0), t.result) << t.name;
    EXPECT_FALSE(ring_full(&producer));
    EXPECT_EQ(rises, 1u) << t.name;
  }
}

}  // namespace

extern "C" int link_bench_ioctl(int fd, unsigned long request, void* arg) {
  EXPECT_EQ(fd, kNotify);
  EXPECT_EQ(request, GPIO_V2_LINE_SET_VALUES_IOCTL);
  gpio_v2_line_values values;
  memcpy(&values, arg, sizeof(values));
  rises += values.bits & values.mask & 1;
  return 0;
}
