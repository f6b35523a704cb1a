// SPDX-License-Identifier: GPL-2.0-only
// A GICv2 virtual interface of the most literal kind (IHI 0048 chapter 5), one
// for each vCPU, and the guest that acknowledges and deactivates at it. What
// the architecture calls UNPREDICTABLE, or what would disturb the host, ends
// the test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "el2_pe.h"
#include "vgic_bench.h"

namespace hvk::test {

inline constexpr uint32_t kSpurious = 1023;
inline constexpr unsigned kNumLr = 4;  // as GIC-400 and QEMU's
inline constexpr uint64_t kDirPage = BENCH_CPU_BASE + 0x1000;

// One PE's GICH and GICV.
class VirtualInterface {
 public:
  static constexpr uint32_t kHcrEn = 1, kHcrUie = 2, kHcrLrenpie = 4, kHcrNpie = 8,
                            kEoiCount = 1u << 27;
  static constexpr uint32_t kPending = 1, kActive = 2;

  static uint32_t state(uint32_t lr) { return lr >> 28 & 3; }
  static uint32_t intid(uint32_t lr) { return lr & 0x3ff; }
  static uint32_t cpuid(uint32_t lr) { return lr >> 10 & 7; }
  static unsigned priority(uint32_t lr) { return (lr >> 23 & 0x1f) << 3; }
  static bool eoi(uint32_t lr) { return !hw(lr) && (lr >> 19 & 1); }
  static bool hw(uint32_t lr) { return lr >> 31; }

  // --- GICH, from the host
  uint32_t read(unsigned offset) {
    ++accesses;
    switch (offset) {
      case 0x000:
        return hcr;
      case 0x004:
        return 0x90000000 | (kNumLr - 1);
      case 0x008:
        return vmcr;
      case 0x030:
        return empty();
      case 0x034:
        return 0;
      case 0x0f0:
        return apr;
    }
    return lr.at((offset - 0x100) / 4);
  }
  void write(unsigned offset, uint32_t val) {
    ++accesses;
    switch (offset) {
      case 0x000:
        hcr = val;
        return;
      case 0x008:
        vmcr = val;
        return;
      case 0x0f0:
        apr = val;
        return;
    }
    lr.at((offset - 0x100) / 4) = val;
  }
  // GICH_MISR != 0 with GICH_HCR.En set.
  bool maintenance() const {
    if (!(hcr & kHcrEn)) return false;
    unsigned valid = 0;
    for (uint32_t r : lr) {
      valid += state(r) != 0;
      if (!state(r) && eoi(r)) return true;
    }
    return ((hcr & kHcrUie) && valid <= 1) || ((hcr & kHcrLrenpie) && hcr >= kEoiCount) ||
           ((hcr & kHcrNpie) &&
            std::none_of(lr.begin(), lr.end(), [](uint32_t r) { return state(r) == kPending; }));
  }
  bool idle() const { return empty() == (1u << kNumLr) - 1; }

  // --- what must hold as the guest is entered
  void check() const {
    for (unsigned i = 0; i < kNumLr; ++i) {
      const uint32_t r = lr[i];
      if (!state(r)) continue;
      EXPECT_FALSE(hw(r) && state(r) == 3) << "HW = 1 and active and pending";
      EXPECT_TRUE(intid(r) >= 16 || state(r) != 3) << "an SGI active and pending";
      for (unsigned j = i + 1; j < kNumLr; ++j)
        EXPECT_FALSE(state(lr[j]) && intid(lr[j]) == intid(r)) << "INTID twice: " << intid(r);
    }
  }

  // --- GICV, from the guest, which has no sub-priorities
  // GICV_IAR: INTID and source, or spurious. What is active as well has to be
  // deactivated first.
  uint32_t acknowledge() {
    unsigned best = kNumLr;
    for (unsigned i = 0; i < kNumLr; ++i)
      if (state(lr[i]) == kPending && priority(lr[i]) < std::min(mask(), running()) &&
          (best == kNumLr || priority(lr[i]) < priority(lr[best])))
        best = i;
    if (best == kNumLr || !(hcr & kHcrEn)) return kSpurious;
    lr[best] = (lr[best] & ~(kPending << 28)) | kActive << 28;
    active_priorities.push_back(priority(lr[best]));
    return intid(lr[best]) | (intid(lr[best]) < 16 ? cpuid(lr[best]) << 10 : 0);
  }
  // GICV_EOIR: the priority drops, and who has this INTID active loses it.
  // False: no list register has.
  bool deactivate(uint32_t id) {
    const bool dropped = !active_priorities.empty();
    if (dropped) active_priorities.pop_back();
    for (uint32_t& r : lr)
      if ((state(r) & kActive) && intid(r) == (id & 0x3ff)) {
        r &= ~(kActive << 28);
        if (hw(r)) physical_deactivations.push_back(r >> 10 & 0x3ff);
        return true;
      }
    if (dropped) hcr += kEoiCount;
    return false;
  }
  // With GICV_CTLR.EOImode: GICV_EOIR, and GICV_DIR.
  void drop() {
    EXPECT_FALSE(active_priorities.empty());
    active_priorities.pop_back();
  }
  void dir(uint32_t id) {
    for (uint32_t& r : lr)
      if ((state(r) & kActive) && intid(r) == (id & 0x3ff)) {
        r &= ~(kActive << 28);
        if (hw(r)) physical_deactivations.push_back(r >> 10 & 0x3ff);
      }
  }
  unsigned running() const { return active_priorities.empty() ? 0x100 : active_priorities.back(); }
  unsigned mask() const { return (vmcr >> 27) << 3; }
  unsigned count(uint32_t wanted) const {
    unsigned n = 0;
    for (uint32_t r : lr) n += (state(r) & wanted) != 0;
    return n;
  }

  uint32_t hcr = 0, vmcr = 0, apr = 0;
  std::array<uint32_t, kNumLr> lr{};
  std::vector<uint32_t> physical_deactivations;
  std::vector<unsigned> active_priorities;  // of the handlers, innermost last
  unsigned accesses = 0;                    // of the host

 private:
  uint32_t empty() const {
    uint32_t mask = 0;
    for (unsigned i = 0; i < kNumLr; ++i) mask |= (state(lr[i]) == 0) << i;
    return mask;
  }
};

using Intids = std::vector<uint32_t>;

inline constexpr uint32_t kSpi = 40;  // one of many

// The VM. Its vCPUs' threads are loaded on a PE each, from the start.
class VgicMachine {
 public:
  explicit VgicMachine(unsigned nr_vcpus, unsigned nr_irqs = 96);
  ~VgicMachine();
  VgicMachine(const VgicMachine&) = delete;
  VgicMachine& operator=(const VgicMachine&) = delete;

  // GICD_CTLR on, everything enabled at this priority, GICC open.
  void open_all(unsigned priority = 0xa0);

  // Into the guest and out of it; in between the vCPU is in_guest().
  void enter(unsigned vcpu);
  void leave(unsigned vcpu);
  // The first half of it, with interrupts off.
  void sync(unsigned vcpu);
  // The guest was not entered: its PE had lost its power.
  void fail(unsigned vcpu);
  bool in_guest(unsigned vcpu) const { return in_guest_.at(vcpu); }
  // A round trip: what the host does between two entries.
  void round(unsigned vcpu) {
    if (in_guest(vcpu)) leave(vcpu);
    enter(vcpu);
  }
  // Takes what is kicked, or has a maintenance interrupt, out and in again.
  void settle();
  // The line goes high; what the guest then takes.
  uint32_t take(unsigned vcpu, uint32_t intid) {
    inject(intid, true);
    settle();
    return pe(vcpu).acknowledge();
  }
  // The guest takes the most urgent one, and drops its priority; and what it
  // deactivates later, at GICC_DIR, which may trap.
  uint32_t take_and_drop(unsigned vcpu) {
    settle();
    const uint32_t id = pe(vcpu).acknowledge();
    if (id != kSpurious) pe(vcpu).drop();
    return id;
  }
  void deactivate(unsigned vcpu, uint32_t id);
  // What the guest gets if it takes, and at once deactivates, all there is.
  Intids drain(unsigned vcpu);

  VirtualInterface& pe(unsigned vcpu) { return pe_.at(vcpu); }
  bool kicked(unsigned vcpu) { return std::exchange(kicked_.at(vcpu), false); }

  int inject(uint32_t intid, bool level) { return bench_inject(vm, -1, intid, level); }
  // The line of the mapped PPI, as the timer tells it.
  void timer_line(unsigned vcpu, bool level) {
    line_.at(vcpu) = level;
    bench_self(vm, vcpu);
    bench_inject(vm, vcpu, BENCH_HW_PPI, level);
    bench_self(vm, -1);
  }

  // The guest sends itself an SGI, or its timer fires: EL2 does it, or there is an exit.
  void send_to_self(unsigned vcpu, unsigned sgi);
  void fire_timer(unsigned vcpu);
  unsigned direct = 0;  // interrupts that EL2 has delivered

  // GICD, from a vCPU that is out of the guest for it; a write may be EL2's, after use_el2().
  uint64_t read(unsigned vcpu, int64_t offset, unsigned len = 4);
  void write(unsigned vcpu, int64_t offset, uint64_t val, unsigned len = 4);

  // EL2's own code (el2_bench.h) carries out what it can of writes from within the guest.
  void use_el2();
  // That code alone: ANSWER_*. After kKick the vCPU has to leave, and finish() to follow;
  // after kExit the write is left to EL1.
  enum Answer { kExit, kDone, kKick };
  Answer write_at_el2(unsigned vcpu, int64_t offset, uint64_t val, unsigned len);
  void finish(unsigned vcpu);
  El2Pe* el2() { return el2_.get(); }
  unsigned at_el2 = 0;  // writes that EL2 has carried out

  struct hvk_vm* vm;
  Intids acked;                         // EOIs that irqfds heard of
  std::map<uint64_t, uint64_t> mapped;  // IPA to size
  int map_error = 0;
  bool dir_mapped = true;  // the guest's GICC_DIR is the hardware's

 private:
  friend struct Callbacks;
  std::array<VirtualInterface, BENCH_MAX_VCPUS> pe_;
  std::array<bool, BENCH_MAX_VCPUS> in_guest_{}, kicked_{}, line_{};
  std::unique_ptr<El2Pe> el2_;
  unsigned nr_vcpus_;
};

}  // namespace hvk::test
