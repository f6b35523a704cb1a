// SPDX-License-Identifier: GPL-2.0-only
// Event channels between two VMs whose guests call at any moment of a binding.
#include <cerrno>
#include <functional>
#include <utility>
#include <vector>

#include "channel_bench.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

namespace hvk::test {
namespace {

constexpr uint32_t kIntid = 101;

class Channel {
 public:
  Channel() {
    channel = this;
    EXPECT_GE(channel_bench_open(), 0);
  }
  ~Channel() {
    channel_bench_close();
    channel = nullptr;
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  static inline Channel* channel = nullptr;
  std::function<void()> at_lock;                          // once, before a lock is taken
  std::function<void()> handler;                          // of each interrupt
  std::vector<std::pair<unsigned, uint32_t>> interrupts;  // VM, INTID
  std::vector<std::pair<unsigned, unsigned>> kicks;       // VM, vCPU
};

int receive(unsigned vm, uint32_t number, int event_fd = -1) {
  return channel_bench_bind(vm, number, HVK_CHANNEL_RECEIVE, kIntid, event_fd);
}

TEST(Channel, OneReceiver) {
  Channel c;
  EXPECT_EQ(receive(0, 5, CHANNEL_BENCH_EVENT), 0);
  EXPECT_EQ(receive(0, 6, CHANNEL_BENCH_EVENT), -EBUSY);
  EXPECT_EQ(receive(1, 5), -EBUSY);
  EXPECT_EQ(channel_bench_bind(1, 5, HVK_CHANNEL_SEND, 0, -1), 0);
  EXPECT_EQ(channel_bench_notify(1, 5), HVK_PARA_OK);
  EXPECT_EQ(c.interrupts, (std::vector<std::pair<unsigned, uint32_t>>{{0, kIntid}}));
  EXPECT_EQ(channel_bench_take(0), 1ull << 5);
  EXPECT_EQ(channel_bench_take(1), 0u);
}

// What is refused at the end was never there, whenever the guest looks.
TEST(Channel, AnEndThatFailsIsNotFound) {
  Channel c;
  ASSERT_EQ(receive(0, 5), 0);
  int masked = 1;
  c.at_lock = [&] { masked = channel_bench_mask(1, 5, true); };
  EXPECT_EQ(receive(1, 5), -EBUSY);
  EXPECT_FALSE(c.at_lock);
  EXPECT_EQ(masked, HVK_PARA_EDENIED);
  EXPECT_EQ(channel_bench_mask(1, 5, true), HVK_PARA_EDENIED);
  EXPECT_EQ(receive(1, 6, 999), -EBADF);
  EXPECT_EQ(channel_bench_mask(1, 6, true), HVK_PARA_EDENIED);
}

// What came before the receiver interrupts it as it is bound, and the handler may
// call with that number.
TEST(Channel, FoundByItsFirstHandler) {
  Channel c;
  channel_bench_notify_file();
  EXPECT_TRUE(c.interrupts.empty());
  int masked = 1;
  c.handler = [&] { masked = channel_bench_mask(0, 5, true); };
  ASSERT_EQ(receive(0, 5), 0);
  EXPECT_EQ(c.interrupts.size(), 1u);
  EXPECT_EQ(masked, HVK_PARA_OK);
  // Masked: it only pends from now on.
  channel_bench_notify_file();
  EXPECT_EQ(c.interrupts.size(), 1u);
  EXPECT_EQ(channel_bench_take(0), 1ull << 5);
}

// HVK_PARA_WAIT ends for an unmasked event on any vCPU, not only on the SPI's target.
TEST(Channel, WakesVcpusThatWait) {
  using Kicks = std::vector<std::pair<unsigned, unsigned>>;
  struct {
    const char* name;
    void (*event)();  // makes channel 5's event pending and unmasked
    Kicks kicks;
  } const kTable[] = {
      {"notified", [] { channel_bench_notify_file(); }, {{0, 1}}},
      {"unmasked after it was notified",
       [] {
         channel_bench_mask(0, 5, true);
         channel_bench_notify_file();
         channel_bench_mask(0, 5, false);
       },
       {{0, 1}}},
      {"still masked",
       [] {
         channel_bench_mask(0, 5, true);
         channel_bench_notify_file();
       },
       {}},
      {"unmasked, not notified",
       [] {
         channel_bench_mask(0, 5, true);
         channel_bench_mask(0, 5, false);
       },
       {}},
  };
  for (const auto& t : kTable) {
    Channel c;
    ASSERT_EQ(receive(0, 5), 0);
    channel_bench_wait(0, 1);
    t.event();
    EXPECT_EQ(c.kicks, t.kicks) << t.name;
    EXPECT_EQ(c.interrupts.size(), t.kicks.size()) << t.name;
  }
}

}  // namespace
}  // namespace hvk::test

extern "C" {

void channel_bench_at_lock(void) {
  if (auto act = std::exchange(hvk::test::Channel::channel->at_lock, nullptr)) act();
}

void channel_bench_interrupt(unsigned vm, uint32_t intid) {
  auto* c = hvk::test::Channel::channel;
  c->interrupts.emplace_back(vm, intid);
  if (auto act = std::exchange(c->handler, nullptr)) act();
}

void channel_bench_kick(unsigned vm, unsigned vcpu) {
  hvk::test::Channel::channel->kicks.emplace_back(vm, vcpu);
}
}
