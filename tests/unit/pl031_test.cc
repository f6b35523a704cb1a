// SPDX-License-Identifier: GPL-2.0-only
#include "devices/pl031.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "tests/unit/support.h"

namespace hvk {
namespace {

using test::FakeIrqLine;
using test::FakeRtcClock;

enum : uint64_t {
  kDr = 0x00,
  kMr = 0x04,
  kLr = 0x08,
  kCr = 0x0c,
  kImsc = 0x10,
  kRis = 0x14,
  kMis = 0x18,
  kIcr = 0x1c,
};

constexpr uint64_t kStart = 1'700'000'000;

class Pl031Test : public testing::Test {
 protected:
  Pl031Test() {
    auto owned = std::make_unique<FakeRtcClock>(kStart);
    clock = owned.get();
    rtc = std::make_unique<Pl031>(irq, std::move(owned));
  }
  uint64_t get(uint64_t offset) { return rtc->read(offset, 4); }
  void set(uint64_t offset, uint64_t value) { rtc->write(offset, 4, value); }

  FakeIrqLine irq;
  FakeRtcClock* clock;
  std::unique_ptr<Pl031> rtc;
};

TEST_F(Pl031Test, ResetValues) {
  const struct {
    const char* name;
    uint64_t offset, value;
  } table[] = {{"DR", kDr, kStart}, {"MR", kMr, 0},   {"LR", kLr, 0},   {"CR", kCr, 1},
               {"IMSC", kImsc, 0},  {"RIS", kRis, 0}, {"MIS", kMis, 0}, {"ICR", kIcr, 0}};
  for (const auto& row : table) EXPECT_EQ(get(row.offset), row.value) << row.name;
}

TEST_F(Pl031Test, Identifies) {
  uint32_t periph = 0, cell = 0;
  for (unsigned i = 0; i < 4; ++i) {
    periph |= static_cast<uint32_t>(get(0xfe0 + 4 * i)) << 8 * i;
    cell |= static_cast<uint32_t>(get(0xff0 + 4 * i)) << 8 * i;
  }
  EXPECT_EQ(periph & 0x000fffff, 0x00041031u);
  EXPECT_EQ(cell, 0xb105f00du);
}

TEST_F(Pl031Test, CountsTheHostsSeconds) {
  clock->advance(5);
  EXPECT_EQ(get(kDr), kStart + 5);
}

TEST_F(Pl031Test, LoadSetsTheCounter) {
  set(kLr, 1000);
  EXPECT_EQ(get(kLr), 1000u);
  EXPECT_EQ(get(kDr), 1000u);
  clock->advance(7);
  EXPECT_EQ(get(kDr), 1007u);
  set(kLr, 0xffffffff);
  clock->advance(2);
  EXPECT_EQ(get(kDr), 1u) << "32 bits wrap";
}

TEST_F(Pl031Test, DoesNotStop) {
  set(kCr, 0);
  EXPECT_EQ(get(kCr), 1u);
  clock->advance(1);
  EXPECT_EQ(get(kDr), kStart + 1);
}

TEST_F(Pl031Test, MatchInterrupts) {
  set(kImsc, 1);
  set(kMr, kStart + 10);
  clock->advance(9);
  EXPECT_FALSE(irq.level);
  clock->advance(1);
  EXPECT_TRUE(irq.level) << "without the guest looking";
  EXPECT_EQ(get(kRis), 1u);
  EXPECT_EQ(get(kMis), 1u);
  set(kIcr, 1);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(get(kRis), 0u);
  clock->advance(100);
  EXPECT_FALSE(irq.level) << "once for a match";
}

TEST_F(Pl031Test, MaskedMatchIsKept) {
  set(kMr, kStart + 1);
  clock->advance(1);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(get(kRis), 1u);
  EXPECT_EQ(get(kMis), 0u);
  set(kImsc, 1);
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl031Test, MatchAtOnce) {
  set(kImsc, 1);
  set(kMr, kStart);
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl031Test, MatchInThePastWaitsForTheWrap) {
  set(kImsc, 1);
  set(kMr, kStart - 1);
  clock->advance(1000);
  EXPECT_FALSE(irq.level);
  clock->advance((uint64_t{1} << 32) - 1000 - 1);
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl031Test, LoadMovesTheAlarm) {
  set(kImsc, 1);
  set(kMr, kStart + 1000);
  set(kLr, kStart + 998);
  clock->advance(1);
  EXPECT_FALSE(irq.level);
  clock->advance(1);
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl031Test, AnAlarmReplacedTooLateDoesNothing) {
  set(kImsc, 1);
  set(kMr, kStart + 1);
  const auto late = clock->alarm->second;
  set(kMr, kStart + 100);
  late();
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(get(kRis), 0u);
}

TEST_F(Pl031Test, AGuestThatLooksBeforeTheAlarmSeesTheMatch) {
  set(kMr, kStart + 1);
  clock->now += 1;
  EXPECT_EQ(get(kRis), 1u);
}

TEST_F(Pl031Test, UnknownOffsetsAndOddWrites) {
  set(0x20, 0xffffffff);
  EXPECT_EQ(get(0x20), 0u);
  rtc->write(kLr + 2, 2, 0xffff);
  EXPECT_EQ(get(kDr), kStart);
  EXPECT_EQ(rtc->read(kDr + 3, 1), kStart >> 24);
}

TEST_F(Pl031Test, DescribesItself) {
  const test::DescribedTree tree(*rtc, 0x9010000);
  const char* node = "/pl031@9010000";
  EXPECT_EQ(tree.property(node, "compatible"), std::string("arm,pl031\0arm,primecell\0", 24));
  EXPECT_EQ(tree.property(node, "reg"), test::cells({0, 0x9010000, 0, 0x1000}));
  EXPECT_EQ(tree.property(node, "interrupts"), test::cells({0, 2, 4}));
  EXPECT_EQ(tree.property(node, "clocks"), test::cells({Fdt::kPhandleClock}));
}

TEST(HostRtcClock, TellsTheTimeAndCallsTheAlarm) {
  std::mutex mutex;
  std::condition_variable called;
  int calls = 0;
  const auto clock = host_rtc_clock();
  const auto host = std::chrono::duration_cast<std::chrono::seconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  EXPECT_NEAR(static_cast<double>(clock->seconds()), static_cast<double>(host), 2);

  // Neither what is replaced nor what never comes is called.
  clock->call_at(clock->seconds() + 3600, [] { FAIL(); });
  clock->call_at(UINT64_MAX, [] { FAIL(); });
  std::unique_lock lock(mutex);
  clock->call_at(clock->seconds(), [&] {
    std::lock_guard inner(mutex);
    ++calls;
    called.notify_one();
  });
  EXPECT_TRUE(called.wait_for(lock, std::chrono::seconds(30), [&] { return calls == 1; }));
}

}  // namespace
}  // namespace hvk
