// SPDX-License-Identifier: GPL-2.0-only
// The lives of interrupts: through list registers, under a guest that takes
// them, with everything that may happen to them on the way.
#include <algorithm>
#include <random>

#include "vgic_machine.h"

namespace hvk::test {
namespace {

constexpr uint32_t kSpi = 40;
using State = std::vector<uint32_t>;

// What the guest gets if it takes, and at once deactivates, all there is.
State Drain(VgicMachine& m, unsigned vcpu) {
  State taken;
  for (;;) {
    m.settle();
    const uint32_t id = m.pe(vcpu).acknowledge();
    if (id == kSpurious) return taken;
    taken.push_back(id);
    EXPECT_TRUE(m.pe(vcpu).deactivate(id));
    if (taken.size() > 1000) return taken;
  }
}

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
  EXPECT_EQ(Drain(m, 0), State{});
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
  EXPECT_EQ(Drain(m, 0), State{});
}

TEST(VgicLife, LevelRaisedInItsHandlerCostsNoKick) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
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
  State taken;
  for (uint32_t id; (id = m.pe(0).acknowledge()) != kSpurious;) {
    taken.push_back(id);
    if ((id & 0x3ff) == BENCH_HW_PPI) m.timer_line(0, false);
    EXPECT_TRUE(m.pe(0).deactivate(id));
  }
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, (State{BENCH_HW_PPI, kSpi, kSpi + 1, 5 | 1 << 10}));
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
  EXPECT_EQ(Drain(m, 0), State{});
  // Cleared before it is taken.
  m.write(0, 0x204, 1u << (kSpi - 32));
  m.write(0, 0x284, 1u << (kSpi - 32));
  EXPECT_EQ(Drain(m, 0), State{});
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
  EXPECT_EQ(m.pe(0).physical_deactivations, State{27});
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

// --- SGIs ------------------------------------------------------------------------------

TEST(VgicSgi, FiltersAndSources) {
  const struct {
    const char* name;
    uint64_t sgir;
    bool to[3];
  } kTable[] = {{"list", 0x00050003, {true, false, true}},
                {"list beyond the vCPUs", 0x00f80003, {false, false, false}},
                {"others", 0x01ff0003, {true, false, true}},
                {"self", 0x02ff0003, {false, true, false}},
                {"reserved", 0x03ff0003, {false, false, false}}};
  for (const auto& t : kTable) {
    VgicMachine m(3);
    m.open_all();
    m.write(1, 0xf00, t.sgir);
    for (unsigned v = 0; v < 3; ++v) {
      m.enter(v);
      EXPECT_EQ(m.pe(v).acknowledge(), t.to[v] ? (3u | 1u << 10) : kSpurious) << t.name << v;
    }
  }
}

TEST(VgicSgi, EachSourceIsTakenOnce) {
  VgicMachine m(4);
  m.open_all();
  m.enter(0);
  for (unsigned v : {3u, 1u, 2u, 1u}) m.write(v, 0xf00, 0x00010005);
  EXPECT_EQ(Drain(m, 0), (State{5 | 1 << 10, 5 | 2 << 10, 5 | 3 << 10}));
}

TEST(VgicSgi, NothingLessUrgentOvertakesASecondSource) {
  VgicMachine m(3);
  m.open_all();
  m.write(0, 0x405, 0x40, 1);
  m.inject(kSpi, true);
  m.write(1, 0xf00, 0x00010005);
  m.write(2, 0xf00, 0x00010005);
  m.enter(0);
  EXPECT_EQ(m.pe(0).acknowledge(), 5u | 1 << 10);
  EXPECT_TRUE(m.pe(0).deactivate(5));
  EXPECT_TRUE(m.pe(0).maintenance());
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << "the exit may take a while";
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), 5u | 2 << 10);
  EXPECT_TRUE(m.pe(0).deactivate(5));
  m.inject(kSpi, false);
  m.settle();
}

TEST(VgicSgi, ASecondSourceWhileActive) {
  VgicMachine m(3);
  m.open_all();
  m.enter(0);
  m.write(2, 0xf00, 0x00010005);
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), 5u | 2 << 10);
  m.write(1, 0xf00, 0x00010005);
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << "one list register an INTID";
  EXPECT_TRUE(m.pe(0).deactivate(5));
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), 5u | 1 << 10);
}

// --- more interrupts than list registers ---------------------------------------------------

TEST(VgicOverflow, AllAreTakenInOrderOfPriority) {
  VgicMachine m(1);
  m.open_all();
  State expected;
  for (unsigned i = 0; i < 20; ++i) {
    const uint32_t id = 40 + (i * 7) % 20;
    m.write(0, 0x400 + id, (id - 40) << 3, 1);
    m.write(0, 0xc08, 0xaaaaaaaa);
    m.write(0, 0xc0c, 0xaaaaaaaa);
    m.inject(id, true);
    expected.push_back(40 + i);
  }
  m.enter(0);
  EXPECT_EQ(m.pe(0).count(3), kNumLr);
  EXPECT_EQ(Drain(m, 0), expected);
}

TEST(VgicOverflow, AMoreUrgentOnePushesItsWayIn) {
  VgicMachine m(1);
  m.open_all();
  for (uint32_t id = 40; id < 46; ++id) m.inject(id, true);
  m.enter(0);
  m.write(0, 0x400 + 50, 0x10, 1);
  m.inject(50, true);
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), 50u);
}

TEST(VgicOverflow, HandlersNestDeeperThanThereAreListRegisters) {
  VgicMachine m(1);
  m.open_all();
  bench_resample(m.vm, 40);
  m.enter(0);
  for (uint32_t id = 40; id < 52; ++id) {
    m.write(0, 0x400 + id, 0xf0 - 8 * (id - 40), 1);
    m.inject(id, true);
    m.settle();
    ASSERT_EQ(m.pe(0).acknowledge(), id) << "the more urgent one";
  }
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0xfff00u);
  for (uint32_t id = 51; id >= 40; --id) {
    m.inject(id, false);
    m.pe(0).deactivate(id);
    m.settle();
    EXPECT_EQ(m.read(0, 0x304), 0xfff00u & ((1u << (id - 32)) - 1)) << id;
  }
  EXPECT_EQ(m.acked, State{40});
  EXPECT_TRUE(m.pe(0).idle());
}

TEST(VgicOverflow, TheGuestDeactivatesFasterThanItIsInterrupted) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  for (uint32_t id = 40; id < 48; ++id) {
    m.write(0, 0x400 + id, 0xf0 - 8 * (id - 40), 1);
    m.inject(id, true);
    m.settle();
    ASSERT_EQ(m.pe(0).acknowledge(), id);
  }
  m.settle();
  for (uint32_t id = 47; id >= 40; --id) m.inject(id, false);
  for (uint32_t id = 47; id >= 42; --id)
    EXPECT_EQ(m.pe(0).deactivate(id), id >= 44) << id << ": from 43 on, in no list register";
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0x300u);
  EXPECT_TRUE(m.pe(0).deactivate(41));
  EXPECT_TRUE(m.pe(0).deactivate(40));
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0u);
}

TEST(VgicOverflow, ALessUrgentOneDoesNotEvict) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  for (uint32_t id = 40; id < 44; ++id) {
    m.write(0, 0x400 + id, 0x80 - 8 * (id - 40), 1);
    m.inject(id, true);
    m.settle();
    ASSERT_EQ(m.pe(0).acknowledge(), id);
  }
  for (uint32_t id = 60; id < 70; ++id) m.inject(id, true);
  m.settle();
  for (uint32_t id = 43; id >= 40; --id) {
    m.inject(id, false);
    EXPECT_TRUE(m.pe(0).deactivate(id)) << id;
    m.settle();
  }
  for (uint32_t id = 60; id < 70; ++id) {
    EXPECT_EQ(m.pe(0).acknowledge(), id);
    m.inject(id, false);
    EXPECT_TRUE(m.pe(0).deactivate(id));
    m.settle();
  }
}

TEST(VgicOverflow, WithSplitEoiActiveOnesAreNotEvicted) {
  VgicMachine m(1);
  m.open_all();
  m.pe(0).vmcr |= 1u << 9;
  m.enter(0);
  for (uint32_t id = 40; id < 45; ++id) {
    m.write(0, 0x400 + id, 0x80 - 8 * (id - 40), 1);
    m.inject(id, true);
    m.settle();
    EXPECT_EQ(m.pe(0).acknowledge(), id < 44 ? id : kSpurious);
  }
  EXPECT_TRUE(m.pe(0).deactivate(40)) << "in any order";
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), 44u);
}

// --- targets ------------------------------------------------------------------------------

TEST(VgicTarget, PendingOnesMoveActiveOnesStay) {
  VgicMachine m(2);
  m.open_all();
  m.enter(0);
  m.enter(1);
  m.inject(kSpi, true);
  m.settle();
  m.write(1, 0x800 + kSpi, 2, 1);
  EXPECT_TRUE(m.kicked(0));
  m.round(0);
  EXPECT_TRUE(m.kicked(1));
  m.round(1);
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
  ASSERT_EQ(m.pe(1).acknowledge(), kSpi);
  m.write(1, 0x800 + kSpi, 1, 1);
  m.settle();
  EXPECT_TRUE(m.pe(1).deactivate(kSpi)) << "it was active there";
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi);
}

TEST(VgicTarget, None) {
  VgicMachine m(2);
  m.open_all();
  m.write(0, 0x800 + kSpi, 0, 1);
  m.enter(0);
  m.enter(1);
  m.inject(kSpi, true);
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
  EXPECT_EQ(m.pe(1).acknowledge(), kSpurious);
  m.write(0, 0x800 + kSpi, 2, 1);
  m.settle();
  EXPECT_EQ(m.pe(1).acknowledge(), kSpi) << "it was pending all the time";
}

TEST(VgicTarget, OneVcpuHasNoChoice) {
  VgicMachine m(1);
  m.open_all();
  m.write(0, 0x800 + kSpi, 0, 1);
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi);
}

TEST(VgicTarget, MovesOffAVcpuThatDoesNotRun) {
  VgicMachine m(2);
  m.open_all();
  m.enter(1);
  m.inject(kSpi, true);
  EXPECT_TRUE(m.kicked(0)) << "vCPU 0 is outside";
  m.write(1, 0x800 + kSpi, 2, 1);
  m.settle();
  EXPECT_EQ(m.pe(1).acknowledge(), kSpi);
}

// --- active and pending bits of what is in another vCPU's list register -------------------------

TEST(VgicRemote, ActiveIsReadAsItIs) {
  VgicMachine m(2);
  m.open_all();
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  EXPECT_EQ(m.read(1, 0x304), 0u);
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  EXPECT_EQ(m.read(1, 0x304), 1u << (kSpi - 32));
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  EXPECT_EQ(m.read(1, 0x304), 0u);
}

TEST(VgicRemote, ActiveIsWritten) {
  VgicMachine m(2);
  m.open_all();
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  m.inject(kSpi, false);
  m.write(1, 0x384, 1u << (kSpi - 32));
  EXPECT_EQ(m.read(1, 0x304), 0u);
  m.settle();
  EXPECT_FALSE(m.pe(0).deactivate(kSpi));
  // And active from outside: its target has to have it for the EOI.
  m.write(1, 0x304, 1u << (kSpi - 32));
  EXPECT_EQ(m.read(1, 0x304), 1u << (kSpi - 32));
  m.settle();
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.settle();
  EXPECT_EQ(m.read(1, 0x304), 0u);
}

TEST(VgicRemote, PendingIsCleared) {
  VgicMachine m(2);
  m.open_all();
  m.write(0, 0xc08, 0xaaaaaaaa);
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  EXPECT_EQ(m.read(1, 0x204), 1u << (kSpi - 32));
  m.write(1, 0x284, 1u << (kSpi - 32));
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious);
  EXPECT_EQ(m.read(1, 0x204), 0u);
}

// --- irqfds
// ---------------------------------------------------------------------------------------

TEST(VgicResample, EachEoiIsToldOnce) {
  VgicMachine m(1);
  m.open_all();
  bench_resample(m.vm, kSpi);
  m.enter(0);
  m.inject(kSpi, true);
  m.settle();
  ASSERT_EQ(m.pe(0).acknowledge(), kSpi);
  m.round(0);
  EXPECT_EQ(m.acked, State{});
  EXPECT_TRUE(m.pe(0).deactivate(kSpi));
  m.settle();
  EXPECT_EQ(m.acked, State{kSpi});
  EXPECT_EQ(m.pe(0).acknowledge(), kSpurious) << "the line was lowered";
  m.round(0);
  EXPECT_EQ(m.acked, State{kSpi});
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

// --- anything in any order
// ---------------------------------------------------------------------------

// A guest of three vCPUs, a VMM and devices that do what they like. After each
// step the lists are right, no list register is nonsense and no maintenance
// interrupt reaches the host (the machine sees to that); at the end, with all
// quiet, everything that is due is taken, and once.
class VgicChaos : public testing::TestWithParam<unsigned> {};

TEST_P(VgicChaos, NothingIsLostOrMadeUp) {
  constexpr unsigned kVcpus = 3;
  std::mt19937 rng(GetParam());
  auto pick = [&](unsigned n) { return static_cast<unsigned>(rng() % n); };
  VgicMachine m(kVcpus);
  m.open_all();
  m.write(0, 0xc0c, 0xaaaaaaaa);  // 48 to 63 are edges
  for (unsigned v = 0; v < kVcpus; ++v) m.enter(v);
  std::vector<State> active(kVcpus);

  for (unsigned step = 0; step < 1000; ++step) {
    const unsigned v = pick(kVcpus), spi = 32 + pick(64), bit = spi % 32;
    const int64_t word = 4 * (spi / 32);
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
        m.inject(spi, pick(2));
        break;
      case 3:
        m.timer_line(v, pick(2));
        break;
      case 4:
        m.write(v, 0xf00, pick(1 << 4) | pick(8) << 16 | pick(3) << 24);
        break;
      case 5:
      case 6:
      case 7: {
        const uint32_t id = m.pe(v).acknowledge();
        if (id == kSpurious) break;
        if (active[v].size() < 7) {
          active[v].push_back(id);
        } else {
          EXPECT_TRUE(m.pe(v).deactivate(id));
        }
        break;
      }
      case 8:
      case 9:
        if (!active[v].empty()) {
          m.pe(v).deactivate(active[v].back());
          active[v].pop_back();
        }
        break;
      case 10:
        m.write(v, (pick(2) ? 0x100 : 0x180) + word, 1u << bit);
        break;
      case 11:
        m.write(v, (pick(2) ? 0x200 : 0x280) + word, 1u << bit);
        break;
      case 12:
        m.write(v, 0x800 + spi, pick(8), 1);
        break;
      case 13:
        m.write(v, 0x400 + spi, pick(31) << 3, 1);
        break;
      case 14:
        if (pick(8) == 0) m.write(v, (pick(2) ? 0x300 : 0x380) + word, 1u << bit);
        if (pick(32) == 0) m.write(v, 0, pick(2));
        m.read(v, 0x304);
        break;
      default:
        m.round(v);
    }
    if (pick(2))
      m.settle();
    else
      bench_check(m.vm);
  }

  // Silence: lines low, everything on and with a target, nobody active.
  m.write(0, 0, 1);
  for (uint32_t id = 32; id < 96; ++id) {
    m.inject(id, false);
    m.write(0, 0x800 + id, 1 << id % kVcpus, 1);
  }
  for (unsigned v = 0; v < kVcpus; ++v)
    while (!active[v].empty()) {
      m.pe(v).deactivate(active[v].back());
      active[v].pop_back();
    }
  for (unsigned v = 0; v < kVcpus; ++v) {
    m.timer_line(v, false);
    m.write(v, 0x380, 0xffffffff);
  }
  for (int64_t word : {4, 8}) {
    m.write(0, 0x100 + word, 0xffffffff);
    m.write(0, 0x380 + word, 0xffffffff);
  }
  m.settle();
  for (unsigned v = 0; v < kVcpus; ++v) Drain(m, v);
  for (unsigned v = 0; v < kVcpus; ++v) {
    EXPECT_EQ(Drain(m, v), State{}) << "twice";
    EXPECT_EQ(m.read(v, 0x200), 0u);
    EXPECT_EQ(m.read(v, 0x300), 0u);
    m.round(v);
    EXPECT_TRUE(m.pe(v).idle());
  }
  for (int64_t word : {4, 8}) {
    EXPECT_EQ(m.read(0, 0x200 + word), 0u);
    EXPECT_EQ(m.read(0, 0x300 + word), 0u);
  }
  // And all still work.
  for (uint32_t id = 32; id < 96; ++id) {
    m.write(0, 0x800 + id, 1, 1);
    m.write(0, 0x400 + id, 0x80, 1);
    m.inject(id, true);
    m.inject(id, false);
    EXPECT_EQ(Drain(m, 0), id >= 48 && id < 64 ? State{id} : State{}) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, VgicChaos, testing::Range(1u, 33u));

}  // namespace
}  // namespace hvk::test
