// SPDX-License-Identifier: GPL-2.0-only
// Interrupts and several vCPUs: targets, bits that are in another's list registers,
// and everything in any order.
#include <random>

#include "vgic_machine.h"

namespace hvk::test {
namespace {

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
  EXPECT_EQ(m.take(0, kSpi), kSpurious);
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
  EXPECT_EQ(m.take(0, kSpi), kSpi);
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
  ASSERT_EQ(m.take(0, kSpi), kSpi);
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

// --- anything in any order --------------------------------------------------------

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
  const bool direct = GetParam() % 2, el2 = GetParam() % 4 >= 2;
  if (direct) bench_direct(m.vm);
  if (el2) m.use_el2();
  bench_gicd_image(m.vm);
  m.open_all();
  m.write(0, 0xc0c, 0xaaaaaaaa);  // 48 to 63 are edges
  for (unsigned v = 0; v < kVcpus; ++v) m.enter(v);
  std::vector<Intids> active(kVcpus);

  for (unsigned step = 0; step < 1000; ++step) {
    // With few interrupts there are list registers left for EL2.
    const unsigned v = pick(kVcpus), spi = 32 + pick(direct ? 3 : 64), bit = spi % 32;
    const int64_t word = 4 * (spi / 32);
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
        m.inject(spi, pick(2));
        break;
      case 3:
        if (direct && pick(2) && m.in_guest(v))
          m.fire_timer(v);
        else
          m.timer_line(v, pick(2));
        break;
      case 4:
        if (direct && pick(2)) {
          m.send_to_self(v, pick(16));
          break;
        }
        m.write(v, 0xf00, pick(1 << 4) | pick(8) << 16 | pick(3) << 24);
        break;
      case 5:
      case 6:
      case 7: {
        const uint32_t id = m.pe(v).acknowledge();
        if (id == kSpurious) break;
        if (active[v].size() < (direct ? 2 : 7)) {
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
    if (direct && active[v].empty() && pick(2)) m.drain(v);
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
  for (unsigned v = 0; v < kVcpus; ++v) m.drain(v);
  for (unsigned v = 0; v < kVcpus; ++v) {
    EXPECT_EQ(m.drain(v), Intids{}) << "twice";
    EXPECT_EQ(m.read(v, 0x200), 0u);
    EXPECT_EQ(m.read(v, 0x300), 0u);
    m.round(v);
    EXPECT_TRUE(m.pe(v).idle());
  }
  for (int64_t word : {4, 8}) {
    EXPECT_EQ(m.read(0, 0x200 + word), 0u);
    EXPECT_EQ(m.read(0, 0x300 + word), 0u);
  }
  EXPECT_EQ(m.direct > 4, direct) << m.direct;
  EXPECT_EQ(m.at_el2 > 40, el2) << m.at_el2;
  for (unsigned v = 0; v < kVcpus; ++v)
    for (unsigned offset = 0; offset < 0xd00; offset += 4) {
      if (offset >= 0x200 && offset < 0x400) continue;  // pending and active: not at EL2
      EXPECT_EQ(bench_el2_gicd(m.vm, v, offset), m.read(v, offset)) << v << " at " << offset;
    }
  // And all still work.
  for (uint32_t id = 32; id < 96; ++id) {
    m.write(0, 0x800 + id, 1, 1);
    m.write(0, 0x400 + id, 0x80, 1);
    m.inject(id, true);
    m.inject(id, false);
    EXPECT_EQ(m.drain(0), id >= 48 && id < 64 ? Intids{id} : Intids{}) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, VgicChaos, testing::Range(1u, 33u));

// --- another vCPU between two looks ---------------------------------------------------------

// Clears GICD_CTLR at the first look of vCPU 0's flush, then of another one's at the second, and so
// on; returns how many looks there are, and one more.
unsigned switch_off_at_each_look(VgicMachine& m) {
  unsigned look = 0;
  for (bool reached = true; reached;) {
    bench_switch_off_at(m.vm, ++look);
    m.enter(0);
    reached = bench_switched_off(m.vm);
    m.leave(0);
    EXPECT_TRUE(m.acked.empty()) << "at look " << look;
    bench_check(m.vm);
    m.write(0, 0x000, 1);
  }
  return look;
}

// GICD_CTLR is cleared at any moment of a flush: an interrupt that the guest never saw
// is not taken for one that it has finished.
TEST(VgicRace, SwitchedOffDuringTheFlush) {
  VgicMachine m(1);
  m.open_all();
  bench_resample(m.vm, kSpi);
  m.inject(kSpi, true);
  EXPECT_GT(switch_off_at_each_look(m), 1u);
  m.enter(0);
  EXPECT_EQ(m.pe(0).acknowledge(), kSpi);
  m.leave(0);
}

// The same with more interrupts than list registers, for a guest that deactivates separately
// from the priority drop: the list is gone through twice, and may be empty at the second time.
TEST(VgicRace, SwitchedOffDuringACrowdedFlush) {
  constexpr uint32_t kEoiMode = 1u << 9;
  VgicMachine m(1);
  m.open_all();
  m.pe(0).vmcr |= kEoiMode;
  for (uint32_t id = kSpi; id <= kSpi + kNumLr; ++id) m.inject(id, true);
  const unsigned look = switch_off_at_each_look(m);
  EXPECT_GT(look, 2 * (kNumLr + 1)) << "each interrupt is looked at twice";
  m.enter(0);
  EXPECT_FALSE(m.dir_mapped);
  for (uint32_t id = kSpi; id <= kSpi + kNumLr; ++id) {
    EXPECT_EQ(m.take_and_drop(0), id);
    m.inject(id, false);
    m.deactivate(0, id);
  }
  EXPECT_EQ(m.take_and_drop(0), kSpurious);
}

}  // namespace
}  // namespace hvk::test
