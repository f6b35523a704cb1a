// SPDX-License-Identifier: GPL-2.0-only
// The lives of interrupts: through list registers, under a guest that takes
// them, with everything that may happen to them on the way.
#include <algorithm>

#include "vgic_machine.h"

namespace hvk::test {
namespace {

// --- the empty path -------------------------------------------------------------

TEST(VgicCost, NoAccessWithoutAnInterrupt) {
  VgicMachine m(1);
  m.open_all();
  m.pe(0).accesses = 0;
  for (int i = 0; i < 10; ++i) m.round(0);
  EXPECT_EQ(m.pe(0).accesses, 0u);
}

TEST(VgicCost, OneReadForAnExitInAHandler) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.timer_line(0, true);
  m.round(0);
  ASSERT_EQ(m.pe(0).acknowledge(), BENCH_HW_PPI);
  m.round(0);  // its state has changed
  m.pe(0).accesses = 0;
  for (int i = 0; i < 10; ++i) m.round(0);
  EXPECT_EQ(m.pe(0).accesses, 10u);
  // Afterwards it is for nothing again, but for the round that finds out.
  m.timer_line(0, false);
  EXPECT_TRUE(m.pe(0).deactivate(BENCH_HW_PPI));
  m.round(0);
  m.pe(0).accesses = 0;
  for (int i = 0; i < 10; ++i) m.round(0);
  EXPECT_EQ(m.pe(0).accesses, 0u);
}

// --- one interrupt ----------------------------------------------------------------

TEST(VgicLife, Edge) {
  VgicMachine m(1);
  m.open_all();
  m.write(0, 0xc08, 0xaaaaaaaa);
  m.enter(0);
  EXPECT_EQ(m.inject(kSpi, false), 0);
  EXPECT_FALSE(m.kicked(0)) << "a falling edge is nothing";
  EXPECT_EQ(m.inject(kSpi, true), 0);
  EXPECT_TRUE(m.kicked(0));
  m.round(0);
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
  // Again while active: active and pending, and not lost.
  EXPECT_EQ(m.inject(kSpi, true), 0);
  EXPECT_TRUE(m.kicked(0));
  m.round(0);
  EXPECT_EQ(m.pe(0).count(3), 1u);
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi) << "without an exit";
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  EXPECT_FALSE(m.pe(0).maintenance());
  EXPECT_EQ(m.drain(0), Intids{});
}

TEST(VgicLife, LevelComesBackWhileTheLineIsHigh) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(m.pe(0).acknowledge(), kSpi) << i;
    m.round(0);
    EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << "not while it is active";
    EXPECT_TRUE(m.pe(0).deactivate(kSpi));
    EXPECT_TRUE(m.pe(0).maintenance()) << "the EOI ends guest mode";
    m.settle();
  }
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  m.inject(kSpi, false);
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  EXPECT_EQ(m.drain(0), Intids{});
}

TEST(VgicLife, LevelRaisedInItsHandlerCostsNoKick) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  ASSERT_EQ(m.take(0, kSpi), kSpi);
  m.inject(kSpi, false);
  m.inject(kSpi, true);
  EXPECT_FALSE(m.kicked(0));
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi);
}

TEST(VgicLife, NothingIsLostWithThePower) {
  VgicMachine m(2);
  m.open_all();
  m.write(0, 0xc08, 0xaaaaaaaa);
  m.enter(0);
  m.inject(kSpi, true);  // pending edge
  m.inject(kSpi + 1, true);
  m.settle();
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  m.round(0);            // active edge, pending edge
  m.inject(kSpi, true);  // active and pending
  m.write(1, 0xf00, 0x00010005);
  m.timer_line(0, true);
  m.leave(0);
  for (int i = 0; i < 3; ++i) {
    m.enter(0);
    m.fail(0);
  }
  m.enter(0);
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.timer_line(0, true);
  Intids taken;
  for (uint32_t id; (id = m.pe(0).acknowledge()) != kSpurious;) {
    taken.push_back(id);
    if ((id & 0x3ff) == BENCH_HW_PPI) m.timer_line(0, false);
    EXPECT_TRUE(m.pe(0).deactivate(id));
  }
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, (Intids{BENCH_HW_PPI, kSpi, kSpi + 1, 5 | 1 << 10}));
}

TEST(VgicLife, LevelThatGoesUnseenIsWithdrawn) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  EXPECT_EQ(m.pe(0).count(1), 1u);
  m.inject(kSpi, false);
  m.round(0);
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
  EXPECT_TRUE(m.pe(0).idle());
}

TEST(VgicLife, SoftwarePending) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.write(0, 0x204, 1u << (kSpi - 32));  // level-sensitive
  m.settle();
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  EXPECT_EQ(m.read(0, 0x204), 0u) << "the acknowledge has taken it";
  m.write(0, 0x204, 1u << (kSpi - 32));
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi) << "pended in the handler";
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  EXPECT_EQ(m.drain(0), Intids{});
  // Cleared before it is taken.
  m.write(0, 0x204, 1u << (kSpi - 32));
  m.write(0, 0x284, 1u << (kSpi - 32));
  EXPECT_EQ(m.drain(0), Intids{});
}

TEST(VgicLife, DisabledAndEnabled) {
  const struct {
    const char* name;
    int64_t off, on;
    uint64_t off_value, on_value;
  } kTable[] = {{"ICENABLER", 0x184, 0x104, 1u << (kSpi - 32), 1u << (kSpi - 32)},
                {"CTLR", 0x000, 0x000, 0, 1}};
  for (const auto& t : kTable) {
    VgicMachine m(1);
    m.open_all();
    m.write(0, t.off, t.off_value);
    m.enter(0);
    m.inject(kSpi, true);
    EXPECT_FALSE(m.kicked(0)) << t.name;
    m.settle();
    EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << t.name;
    m.write(0, t.on, t.on_value);
    m.settle();
    ASSERT_EQ(m.pe(0).acknowledge(), kSpi) << t.name;
    // Off in its handler: still active, so it can be deactivated.
    m.write(0, t.off, t.off_value);
    m.settle();
    EXPECT_TRUE(m.pe(0).deactivate(kSpi)) << t.name;
    m.settle();
    EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << t.name;
    m.write(0, t.on, t.on_value);
    m.settle();
    EXPECT_EQ(m.pe(0).acknowledge(), kSpi) << t.name << ": the line is high";
  }
}

TEST(VgicLife, DisabledByAnotherVcpuWhileInAListRegister) {
  VgicMachine m(2);
  m.open_all();
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  m.write(1, 0x184, 1u << (kSpi - 32));
  EXPECT_TRUE(m.kicked(0));
  m.round(0);
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
}

// --- mapped interrupts --------------------------------------------------------------

TEST(VgicMapped, DeactivationReachesThePhysicalOne) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.timer_line(0, true);
  m.round(0);
  EXPECT_TRUE(bench_is_active(m.vm, 0, BENCH_HW_PPI)) << "in a list register";
  ASSERT_EQ(m.pe(0).acknowledge(), BENCH_HW_PPI);
  m.round(0);
  EXPECT_TRUE(bench_is_active(m.vm, 0, BENCH_HW_PPI));
  m.leave(0);
  EXPECT_TRUE(bench_is_active(m.vm, 0, BENCH_HW_PPI));
  m.timer_line(0, false);
  m.enter(0);
  EXPECT_TRUE(m.pe(0).deactivate(BENCH_HW_PPI));
  EXPECT_EQ(m.pe(0).physical_deactivations, Intids{27});
  EXPECT_FALSE(m.pe(0).maintenance());
  m.leave(0);
  EXPECT_FALSE(bench_is_active(m.vm, 0, BENCH_HW_PPI));
  m.enter(0);
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
}

TEST(VgicMapped, ComesBackWhileTheLineIsHigh) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.timer_line(0, true);
  for (int i = 0; i < 3; ++i) {
    m.round(0);
    ASSERT_EQ(m.pe(0).acknowledge(), BENCH_HW_PPI) << i;
    EXPECT_TRUE(m.pe(0).deactivate(BENCH_HW_PPI));
  }
}

TEST(VgicMapped, SoftwarePendingCountsAsActive) {
  VgicMachine m(1);
  m.open_all();
  m.write(0, 0x200, 1u << BENCH_HW_PPI);
  EXPECT_TRUE(bench_is_active(m.vm, 0, BENCH_HW_PPI));
  m.enter(0);
  ASSERT_EQ(m.pe(0).acknowledge(), BENCH_HW_PPI);
  EXPECT_TRUE(m.pe(0).deactivate(BENCH_HW_PPI));
  m.leave(0);
  EXPECT_FALSE(bench_is_active(m.vm, 0, BENCH_HW_PPI));
}

TEST(VgicMapped, PendingIsReadFromTheLine) {
  VgicMachine m(1);
  m.open_all();
  m.timer_line(0, true);
  EXPECT_EQ(m.read(0, 0x200), 1u << BENCH_HW_PPI);
  m.timer_line(0, false);
  EXPECT_EQ(m.read(0, 0x200), 0u);
}

TEST(VgicMapped, ResetDropsItsState) {
  VgicMachine m(1);
  m.open_all();
  m.timer_line(0, true);
  m.write(0, 0x300, 1u << BENCH_HW_PPI);
  m.write(0, 0x200, 1u << BENCH_HW_PPI);
  bench_reset(m.vm, 0);
  EXPECT_FALSE(bench_is_active(m.vm, 0, BENCH_HW_PPI));
  m.enter(0);
  EXPECT_TRUE(m.pe(0).idle());
}

// --- irqfds -----------------------------------------------------------------------

TEST(VgicResample, EachEoiIsToldOnce) {
  VgicMachine m(1);
  m.open_all();
  bench_resample(m.vm, kSpi);
  m.enter(0);
  ASSERT_EQ(m.take(0, kSpi), kSpi);
  m.round(0);
  EXPECT_EQ(m.acked, Intids{});
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.settle();
  EXPECT_EQ(m.acked, Intids{kSpi});
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << "the line was lowered";
  m.round(0);
  EXPECT_EQ(m.acked, Intids{kSpi});
}

TEST(VgicResample, TheLineFallsBeforeTheIrqfdIsTold) {
  VgicMachine m(2);
  m.open_all();
  bench_resample(m.vm, kSpi);
  m.enter(0);
  ASSERT_EQ(m.take(0, kSpi), kSpi);
  m.write(0, 0x800 + kSpi, 2, 1);  // the next one is the other vCPU's
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.sync(0);
  EXPECT_EQ(m.acked, Intids{});
  m.enter(1);
  EXPECT_EQ(m.pe(1).acknowledge(), kSpurious) << "nobody takes it in between";
  m.inject(kSpi, true);  // the device has more
  bench_tell(m.vm, 0);
  EXPECT_EQ(m.acked, Intids{kSpi});
  EXPECT_EQ(m.drain(1), Intids{kSpi}) << "what came in between is not lost";
}

TEST(VgicResample, WithoutAnIrqfdTheLineIsTheVmms) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  ASSERT_EQ(m.take(0, kSpi), kSpi);
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.settle();
  EXPECT_EQ(m.acked, Intids{});
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi);
}

// --- what wakes a WFI ----------------------------------------------------------------------------

TEST(VgicPending, PriorityMaskGroupAndEnables) {
  const struct {
    const char* name;
    uint32_t vmcr;
    uint64_t priority, group, ctlr, enable;
    bool expected;
  } kTable[] = {
      {"all open", 0x1fu << 27 | 1, 0xa0, 0, 1, 1, true},
      {"masked by GICC_PMR", 0x14u << 27 | 1, 0xa0, 0, 1, 1, false},
      {"just more urgent than GICC_PMR", 0x15u << 27 | 1, 0xa0, 0, 1, 1, true},
      {"GICC closed to group 0", 0x1fu << 27 | 2, 0xa0, 0, 1, 1, false},
      {"GICC open to group 1", 0x1fu << 27 | 2, 0xa0, 1, 1, 1, true},
      {"GICD_CTLR", 0x1fu << 27 | 1, 0xa0, 0, 0, 1, false},
      {"GICD_ISENABLER", 0x1fu << 27 | 1, 0xa0, 0, 1, 0, false},
  };
  for (const auto& t : kTable) {
    VgicMachine m(1);
    m.pe(0).vmcr = t.vmcr;
    m.write(0, 0x000, t.ctlr);
    m.write(0, 0x104, t.enable << (kSpi - 32));
    m.write(0, 0x084, t.group << (kSpi - 32));
    m.write(0, 0x400 + kSpi, t.priority, 1);
    bench_put(m.vm, 0);
    EXPECT_FALSE(bench_pending(m.vm, 0)) << t.name;
    m.inject(kSpi, true);
    EXPECT_EQ(bench_pending(m.vm, 0), t.expected) << t.name;
  }
}

}  // namespace
}  // namespace hvk::test
