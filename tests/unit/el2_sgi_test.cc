// SPDX-License-Identifier: GPL-2.0-only
// SGIs from one vCPU to others: what EL2 notes, whom it interrupts, whom EL1 has to wake; and
// that none is missed, whatever the other vCPU does meanwhile.
#include <array>

#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kAbort = 0x24ull << 26 | 1 << 24 | 2 << 22 | 9 << 16 | 1 << 6 | 7;
constexpr u64 kDist = 0x0800'0000;
constexpr u32 kAway = HVK_VCPU_AWAY, kInGuest = HVK_VCPU_IN_GUEST, kSleeps = HVK_VCPU_SLEEPS;
constexpr u32 kOthers = 1u << 24;
constexpr int kNone = 0, kDone = 1, kWakes = 2;

constexpr u32 to(u32 targets, u32 sgi) { return targets << 16 | sgi; }

class El2SgiTest : public testing::Test {
 protected:
  El2SgiTest() {
    vm_.dist = kDist;
    vm_.gich = reinterpret_cast<u64>(gich_.data());
    vm_.gicd = reinterpret_cast<u64>(gicd_.data());
    vm_.nr_vcpus = 3;
    for (unsigned i = 0; i < 3; ++i) {
      vm_.vcpu[i] = reinterpret_cast<u64>(i ? &other_[i] : &pe_.ctx);
      other_[i].shared.interface = 0x10u << i;
    }
    pe_.ctx.fast.vm = reinterpret_cast<u64>(&vm_);
  }
  // vCPU 0 writes GICD_SGIR.
  int send(u32 value) {
    pe_.reg["esr_el2"] = kAbort;
    pe_.reg["hpfar_el2"] = kDist >> 12 << 4;
    pe_.reg["far_el2"] = kDist + 0xf00;
    pe_.reg["elr_el2"] = 0x1000;
    pe_.reg["spsr_el2"] = 5;
    pe_.ctx.x[9] = value;
    gicd_[0xf00 / 4] = ~0u;
    pe_.ctx.fast.wake = 0;
    return el2_bench_answer(&pe_.ctx);
  }
  u32 physical() const { return gicd_[0xf00 / 4]; }

  std::array<u32, 1024> gich_ = {}, gicd_ = {};
  struct hvk_el2_vm vm_ = {};
  std::array<struct hvk_el2_ctx, 3> other_ = {};
  El2Pe pe_;
};

TEST_F(El2SgiTest, WhoIsTold) {
  const struct {
    const char* name;
    u32 value;
    u32 state1, state2;
    int answer;
    u32 noted;     // targets
    u32 physical;  // targets of the physical SGI, or 0: none
    u32 wake;
  } kTable[] = {
      {"to one in the guest", to(2, 5), kInGuest, kInGuest, kDone, 2, 0x20, 0},
      {"to one that is away", to(2, 5), kAway, kInGuest, kDone, 2, 0, 0},
      {"to one that sleeps", to(2, 5), kSleeps, kInGuest, kWakes, 2, 0, 2},
      {"to two", to(6, 5), kInGuest, kSleeps, kWakes, 6, 0x20, 4},
      {"to two in the guest", to(6, 5), kInGuest, kInGuest, kDone, 6, 0x60, 0},
      {"to all others", kOthers | 5, kInGuest, kAway, kDone, 6, 0x20, 0},
      {"to others than there are", to(0xf8, 5), kInGuest, kInGuest, kNone, 0, 0, 0},
      {"some of them are there", to(0xfa, 5), kInGuest, kInGuest, kDone, 2, 0x20, 0},
      {"to itself as well", to(7, 5), kInGuest, kInGuest, kNone, 0, 0, 0},
      {"to nobody", to(0, 5), kInGuest, kInGuest, kNone, 0, 0, 0},
      {"reserved", 3u << 24 | 5, kInGuest, kInGuest, kNone, 0, 0, 0},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    for (auto& other : other_)
      std::fill(std::begin(other.shared.sgi), std::end(other.shared.sgi), 0);
    other_[1].shared.state = t.state1;
    other_[2].shared.state = t.state2;
    EXPECT_EQ(send(t.value), t.answer);
    EXPECT_EQ(physical(), t.physical ? t.physical << 16 : ~0u);
    EXPECT_EQ(pe_.ctx.fast.wake, t.wake);
    for (unsigned i = 1; i < 3; ++i)
      for (unsigned sgi = 0; sgi < 16; ++sgi)
        EXPECT_EQ(other_[i].shared.sgi[sgi], sgi == 5 && t.noted >> i & 1 ? 1 : 0) << i;
    EXPECT_EQ(pe_.reg["elr_el2"], 0x1000u + (t.answer == kNone ? 0 : 4));
  }
}

// The other vCPU's steps, each as it is visible to others: it writes its state, and takes
// notes. Any number of them comes before the SGI, between the note and the look at the
// state, and after; full barriers on both sides leave no other orders.
TEST_F(El2SgiTest, NoneIsMissed) {
  struct hvk_el2_ctx& other = other_[1];
  const std::vector<std::vector<int>> kPaths = {
      // Numbers are states that it writes; -1: it takes notes.
      {kAway, int(kInGuest), -1, kAway, int(kInGuest), -1},
      {kAway, int(kSleeps), -1, kAway, int(kInGuest), -1},
      {kAway, int(kInGuest), -1, kAway, int(kSleeps), -1},
      {kAway, int(kSleeps), -1, kAway, int(kSleeps), -1},
  };
  unsigned orders = 0;
  for (const auto& path : kPaths) {
    for (size_t before = 0; before <= path.size(); ++before) {
      for (size_t between = before; between <= path.size(); ++between) {
        for (size_t end = between; end <= path.size(); ++end) {
          bool taken = false;
          const auto steps = [&](size_t from, size_t to) {
            for (size_t i = from; i < to; ++i) {
              if (path[i] >= 0) {
                other.shared.state = u32(path[i]);
              } else {
                taken |= other.shared.sgi[5] != 0;
                other.shared.sgi[5] = 0;
              }
            }
          };
          other.shared.sgi[5] = 0;
          other.shared.state = kAway;
          steps(0, before);
          pe_.meanwhile = [&](const El2Pe::Event& event) {
            if (event.what == "dsb ish") steps(before, between);
          };
          pe_.forget();
          const int answer = send(to(2, 5));
          pe_.meanwhile = nullptr;
          ASSERT_NE(answer, kNone);
          ASSERT_EQ(pe_.count("dsb ish"), 1u);
          steps(between, end);
          ++orders;
          // Taken, or the next take is sure: by the interrupt, by EL1, or as its own next step.
          const u32 state = other.shared.state;
          const bool looks_next = end < path.size() && path[end] == -1;
          const bool comes = taken || looks_next || state == kAway ||
                             (state == kInGuest && physical() == 0x20u << 16) ||
                             (state == kSleeps && pe_.ctx.fast.wake == 2);
          EXPECT_TRUE(comes) << before << " " << between << " " << end;
          EXPECT_TRUE(taken || other.shared.sgi[5]) << "lost";
        }
      }
    }
  }
  EXPECT_EQ(orders, 4u * 84u);
}

}  // namespace
}  // namespace hvk::test
