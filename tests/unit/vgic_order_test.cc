// SPDX-License-Identifier: GPL-2.0-only
// Several interrupts for one vCPU: which is taken first, where the others wait, and
// what becomes of more than there are list registers for.
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

TEST(VgicOverflow, WithSplitEoiActiveOnesAreNotEvicted) {
  VgicMachine m(1);
  m.open_all();
  m.pe(0).vmcr |= 1u << 9;
  m.enter(0);
  for (uint32_t id = 40; id < 45; ++id) {
    m.write(0, 0x400 + id, 0x80 - 8 * (id - 40), 1);
    EXPECT_EQ(m.take(0, id), id < 44 ? id : kSpurious);
  }
  EXPECT_TRUE(m.pe(0).deactivate(40)) << "in any order";
  m.settle();
  EXPECT_EQ(m.pe(0).acknowledge(), 44u);
}

}  // namespace
}  // namespace hvk::test
