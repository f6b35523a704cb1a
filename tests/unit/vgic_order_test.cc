// SPDX-License-Identifier: GPL-2.0-only
// Several interrupts for one vCPU: which is taken first, where the others wait, and
// what becomes of more than there are list registers for.
#include <algorithm>
#include <cerrno>
#include <random>

#include "vgic_machine.h"

namespace hvk::test {
namespace {

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
  EXPECT_EQ(m.drain(0), (Intids{5 | 1 << 10, 5 | 2 << 10, 5 | 3 << 10}));
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
  Intids expected;
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
  EXPECT_EQ(m.drain(0), expected);
}

TEST(VgicOverflow, AMoreUrgentOnePushesItsWayIn) {
  VgicMachine m(1);
  m.open_all();
  for (uint32_t id = 40; id < 46; ++id) m.inject(id, true);
  m.enter(0);
  m.write(0, 0x400 + 50, 0x10, 1);
  EXPECT_EQ(m.take(0, 50), 50u);
}

TEST(VgicOverflow, HandlersNestDeeperThanThereAreListRegisters) {
  VgicMachine m(1);
  m.open_all();
  bench_resample(m.vm, 40);
  m.enter(0);
  for (uint32_t id = 40; id < 52; ++id) {
    m.write(0, 0x400 + id, 0xf0 - 8 * (id - 40), 1);
    ASSERT_EQ(m.take(0, id), id) << "the more urgent one";
  }
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0xfff00u);
  for (uint32_t id = 51; id >= 40; --id) {
    m.inject(id, false);
    m.pe(0).deactivate(id);
    m.settle();
    EXPECT_EQ(m.read(0, 0x304), 0xfff00u & ((1u << (id - 32)) - 1)) << id;
  }
  EXPECT_EQ(m.acked, Intids{40});
  EXPECT_TRUE(m.pe(0).idle());
}

TEST(VgicOverflow, TheGuestDeactivatesFasterThanItIsInterrupted) {
  VgicMachine m(1);
  m.open_all();
  m.enter(0);
  for (uint32_t id = 40; id < 48; ++id) {
    m.write(0, 0x400 + id, 0xf0 - 8 * (id - 40), 1);
    ASSERT_EQ(m.take(0, id), id);
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
    ASSERT_EQ(m.take(0, id), id);
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

// --- EOIs that do not deactivate ---------------------------------------------------------------

constexpr uint32_t kEoiMode = 1u << 9;

// All vCPUs are in the guest, and deactivate apart.
void enter_split(VgicMachine& m, unsigned nr_vcpus) {
  m.open_all();
  for (unsigned v = 0; v < nr_vcpus; ++v) {
    m.pe(v).vmcr |= kEoiMode;
    m.enter(v);
  }
}

// Interrupts 40 and up, each more urgent than the one before.
void take_in_turn(VgicMachine& m, unsigned n) {
  for (uint32_t id = 40; id < 40 + n; ++id) {
    m.write(0, 0x400 + id, 0x80 - 8 * (id - 40), 1);
    m.inject(id, true);
    ASSERT_EQ(m.take_and_drop(0), id);
    m.inject(id, false);
  }
}

TEST(VgicSplitEoi, WithinTheListRegistersNothingTraps) {
  VgicMachine m(1);
  enter_split(m, 1);
  take_in_turn(m, kNumLr);
  EXPECT_TRUE(m.dir_mapped);
  for (uint32_t id : {41, 43, 40, 42}) m.deactivate(0, id);
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0u);
}

TEST(VgicSplitEoi, ActiveOnesKeepNoneOut) {
  VgicMachine m(1);
  enter_split(m, 1);
  take_in_turn(m, 9);
  EXPECT_FALSE(m.dir_mapped);
  EXPECT_EQ(m.read(0, 0x304), 0x1ff00u) << "all nine are active";
  // A less urgent one too: the priorities have dropped.
  m.write(0, 0x400 + 60, 0xf0, 1);
  m.inject(60, true);
  EXPECT_EQ(m.take_and_drop(0), 60u);
  m.inject(60, false);
  uint32_t left = 0x1001ff00;
  for (uint32_t id : {44, 40, 60, 48, 46, 41, 47, 43, 45, 42}) {
    m.deactivate(0, id);
    m.settle();
    left &= ~(1u << (id - 32));
    EXPECT_EQ(m.read(0, 0x304), left) << id;
  }
}

TEST(VgicSplitEoi, TheGuestGetsItsRegisterBack) {
  VgicMachine m(2);
  enter_split(m, 2);
  take_in_turn(m, 6);
  m.deactivate(0, 40);
  m.deactivate(0, 41);
  EXPECT_FALSE(m.dir_mapped) << "until it deactivates one when there is room for all";
  m.map_error = -ENOMEM;
  m.deactivate(0, 42);
  EXPECT_FALSE(m.dir_mapped) << "no memory: as it was";
  m.map_error = 0;
  m.deactivate(0, 43);
  EXPECT_TRUE(m.dir_mapped);
  m.deactivate(0, 44);
  m.deactivate(0, 45);
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0u);
  take_in_turn(m, 6);
  EXPECT_FALSE(m.dir_mapped) << "and again";
  // Not while another needs it.
  m.write(1, 0x400 + 3, 0xa0, 1);
  m.write(1, 0xf00, 2u << 24 | 3);
  EXPECT_EQ(m.take_and_drop(1), 3u | 1 << 10);
  m.deactivate(1, 3);
  EXPECT_FALSE(m.dir_mapped);
  for (uint32_t id = 40; id < 46; ++id) m.deactivate(0, id);
  EXPECT_EQ(m.read(0, 0x304), 0u);
}

// What made it trap may go without the vCPU: others deactivate by GICD_ICACTIVER.
TEST(VgicSplitEoi, WhoHasNoInterruptLeftIsNotCrowded) {
  VgicMachine m(2);
  enter_split(m, 2);
  take_in_turn(m, 6);
  EXPECT_FALSE(m.dir_mapped);
  m.leave(0);
  bench_put(m.vm, 0);
  m.write(1, 0x384, 0x3f00);
  bench_load(m.vm, 0);
  m.enter(0);
  m.deactivate(1, 99);
  EXPECT_TRUE(m.dir_mapped);
}

TEST(VgicSplitEoi, OnlyTheOneThatHasItDeactivates) {
  VgicMachine m(2);
  enter_split(m, 2);
  take_in_turn(m, 6);
  for (uint32_t id : {40u, 44u, 95u, 200u, 1023u, 0u, 27u}) m.deactivate(1, id);
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0x3f00u);
  // Without EOImode it is nothing, either.
  m.pe(0).vmcr &= ~kEoiMode;
  m.deactivate(0, 40);
  EXPECT_EQ(m.read(0, 0x304), 0x3f00u);
  m.pe(0).vmcr |= kEoiMode;
  for (uint32_t id = 40; id < 46; ++id) m.deactivate(0, id);
  EXPECT_EQ(m.read(0, 0x304), 0u);
}

TEST(VgicSplitEoi, IrqfdsHearOfADeactivation) {
  VgicMachine m(1);
  for (uint32_t id = 40; id < 46; ++id) bench_resample(m.vm, id);
  enter_split(m, 1);
  take_in_turn(m, 6);
  m.acked.clear();
  for (uint32_t id : {45, 40, 42}) {
    m.deactivate(0, id);
    m.settle();
    EXPECT_EQ(m.acked, Intids{id});
    m.acked.clear();
  }
  for (uint32_t id : {41, 43, 44}) m.deactivate(0, id);
}

// Takes, drops, deactivates in any order, level-sensitive and edges, on vCPUs that
// change their mind; in the end nothing is pending, nothing active.
class VgicSplitChaos : public testing::TestWithParam<unsigned> {};

TEST_P(VgicSplitChaos, NothingIsLostOrMadeUp) {
  constexpr unsigned kVcpus = 2, kIrqs = 20;
  std::mt19937 rng(GetParam());
  auto pick = [&](unsigned n) { return static_cast<unsigned>(rng() % n); };
  VgicMachine m(kVcpus);
  m.write(0, 0xc00 + 4 * 3, 0xaaaaaaaa);  // 48 to 63 are edges
  std::vector<Intids> active(kVcpus);
  std::vector<bool> level(kIrqs);
  enter_split(m, kVcpus);
  for (unsigned i = 0; i < kIrqs; ++i) m.write(0, 0x800 + 40 + i, 1u << pick(2), 1);
  const auto take = [&](unsigned v) {
    const uint32_t id = m.take_and_drop(v);
    if (id == kSpurious) return false;
    EXPECT_EQ(std::count(active[v].begin(), active[v].end(), id), 0) << "taken twice: " << id;
    active[v].push_back(id);
    return true;
  };
  const auto deactivate = [&](unsigned v) {
    const unsigned at = pick(static_cast<unsigned>(active[v].size()));
    m.deactivate(v, active[v][at]);
    active[v].erase(active[v].begin() + at);
  };
  for (unsigned step = 0; step < 2000; ++step) {
    const unsigned v = pick(kVcpus), i = pick(kIrqs);
    switch (pick(8)) {
      case 0:
      case 1:
        level[i] = pick(2);
        m.inject(40 + i, level[i]);
        break;
      case 2:
        m.write(v, 0x400 + 40 + i, pick(31) << 3, 1);
        break;
      case 3:
        m.write(v, 0xf00, pick(16) | 2u << 24);
        break;
      case 4:
      case 5:
        take(v);
        break;
      case 6:
        if (!active[v].empty() && (active[v].size() > 8 || !pick(3))) deactivate(v);
        break;
      default:
        m.round(v);
    }
    m.settle();
  }
  for (unsigned i = 0; i < kIrqs; ++i) m.inject(40 + i, false);
  for (unsigned v = 0; v < kVcpus; ++v) {
    do {
      while (!active[v].empty()) deactivate(v);
    } while (take(v));
    EXPECT_TRUE(m.pe(v).active_priorities.empty());
  }
  m.settle();
  EXPECT_EQ(m.read(0, 0x304), 0u);
  EXPECT_EQ(m.read(0, 0x204), 0u);
  for (unsigned v = 0; v < kVcpus; ++v) EXPECT_EQ(m.read(v, 0x300), 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, VgicSplitChaos, testing::Range(1u, 17u));

}  // namespace
}  // namespace hvk::test
