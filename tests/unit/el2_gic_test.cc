// SPDX-License-Identifier: GPL-2.0-only
// What EL2 does by itself for a guest's interrupt controller, on a GICH and GICD of memory.
#include <array>

#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kAbort = 0x24ull << 26, kWfx = 0x01ull << 26, kPc = 0x4000'1000;
constexpr u64 kDist = 0x0800'0000, kEl1h = 5, kA32 = 0x10;
constexpr u64 kWord = 2, kHalf = 1, kByte = 0;
constexpr u32 kPending = 1u << 28, kActive = 2u << 28, kHw = 1u << 31, kGroup1 = 1u << 30;
constexpr u32 kTimerLr = kHw | 0x14u << 23 | 27u << 10 | 27 | kPending;

// ISS of a data abort (DDI 0487 D17.2.37): a translation fault whose syndrome is valid.
constexpr u64 abort_esr(u64 sas, u64 rt, bool write) {
  return kAbort | 1 << 24 | sas << 22 | rt << 16 | u64{write} << 6 | 7;
}

class El2GicTest : public testing::Test {
 protected:
  El2GicTest() {
    for (unsigned i = 0; i < 1024; ++i) image_[i] = 0x5000'0000 + i;
    for (unsigned i = 0; i < HVK_GICD_PRIVATE_WORDS; ++i)
      pe_.ctx.fast.gicd[i] = 0x0706'0500 + (i << 3);
    vm_.dist = kDist;
    vm_.dist_image = reinterpret_cast<u64>(image_.data());
    vm_.gich = reinterpret_cast<u64>(gich_.data());
    vm_.gicd = reinterpret_cast<u64>(gicd_.data());
    vm_.nr_vcpus = 4;
    vm_.nr_intids = 992;
    for (unsigned i = 1; i < 32; ++i) image_[HVK_IMAGE_BUSY / 4 + i] = 0;
    pe_.ctx.fast.gicd[HVK_GICD_BUSY] = 0x0800'ffff;
    vm_.timer_ppi = 1u << 27;
    pe_.ctx.fast.vm = reinterpret_cast<u64>(&vm_);
    pe_.ctx.fast.self = 3;
    pe_.ctx.fast.sgi_free = 1u << 5 | 1u << 6;
    pe_.ctx.fast.sgi_index = 2ull << 4 * 5 | 1ull << 4 * 6;
    pe_.ctx.fast.timer_lr = kTimerLr;
    pe_.ctx.fast.timer_index = 1;
    pe_.ctx.fast.nr_lr = 4;
    pe_.reg["cntv_ctl_el0"] = 5;
    gich_[2] = 0x1fu << 27 | 3;  // GICH_VMCR: no priority masked, both groups enabled
  }
  u32& lr(unsigned n) { return gich_.at(0x100 / 4 + n); }
  void trap(u64 esr, u64 ipa, u64 spsr = kEl1h) {
    pe_.forget();
    pe_.reg["esr_el2"] = esr;
    pe_.reg["hpfar_el2"] = ipa >> 12 << 4;
    pe_.reg["far_el2"] = 0xffff'0000'0000'0000 | ipa;
    pe_.reg["elr_el2"] = kPc;
    pe_.reg["spsr_el2"] = spsr;
    for (unsigned i = 0; i < 31; ++i) pe_.ctx.x[i] = 0xa000 + i;
  }

  std::array<u32, 1024> image_ = {}, gich_ = {}, gicd_ = {};
  struct hvk_el2_vm vm_ = {};
  El2Pe pe_;
};

TEST_F(El2GicTest, ReadsOfTheDistributor) {
  const struct {
    const char* name;
    u64 offset, sas;
    bool answered;
    u32 value;
  } kTable[] = {
      {"CTLR", 0x000, kWord, true, 0x5000'0000},
      {"TYPER", 0x004, kWord, true, 0x5000'0001},
      {"CTLR, a byte", 0x000, kByte, false, 0},
      {"CTLR, a halfword", 0x000, kHalf, false, 0},
      {"CTLR, unaligned", 0x002, kWord, false, 0},
      {"IGROUPR0", 0x080, kWord, true, 0x0706'0500},
      {"IGROUPR1", 0x084, kWord, true, 0x5000'0021},
      {"ISENABLER0", 0x100, kWord, true, 0x0706'0508},
      {"ISENABLER1", 0x104, kWord, true, 0x5000'0041},
      {"ICENABLER0", 0x180, kWord, true, 0x0706'0508},
      {"the last ICENABLER is the last ISENABLER", 0x1fc, kWord, true, 0x5000'005f},
      {"ISPENDR0", 0x200, kWord, false, 0},
      {"the last ICACTIVER", 0x3fc, kWord, false, 0},
      {"IPRIORITYR0", 0x400, kWord, true, 0x0706'0510},
      {"IPRIORITYR0, byte 2", 0x402, kByte, true, 6},
      {"IPRIORITYR7", 0x41c, kWord, true, 0x0706'0548},
      {"IPRIORITYR8", 0x420, kWord, true, 0x5000'0108},
      {"IPRIORITYR8, byte 3", 0x423, kByte, true, 0x50},
      {"IPRIORITYR0, a halfword", 0x400, kHalf, false, 0},
      {"ITARGETSR7, byte 0", 0x81c, kByte, true, 0x88},
      {"ITARGETSR8", 0x820, kWord, true, 0x5000'0208},
      {"ICFGR1", 0xc04, kWord, true, 0x0706'0598},
      {"ICFGR2", 0xc08, kWord, true, 0x5000'0302},
      {"ICFGR1, a byte", 0xc04, kByte, false, 0},
      {"SGIR", 0xf00, kWord, false, 0},
      {"the last SPENDSGIR", 0xf2c, kWord, false, 0},
      {"behind it", 0xf30, kWord, true, 0x5000'03cc},
      {"ICPIDR2", 0xfe8, kWord, true, 0x5000'03fa},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap(abort_esr(t.sas, 7, false), kDist + t.offset);
    EXPECT_EQ(pe_.answer(), t.answered);
    EXPECT_EQ(pe_.ctx.x[7], t.answered ? t.value : 0xa007u);
    EXPECT_EQ(pe_.reg["elr_el2"], kPc + (t.answered ? 4 : 0));
  }
  trap(abort_esr(kWord, 31, false), kDist);
  EXPECT_TRUE(pe_.answer()) << "to WZR";
  EXPECT_EQ(pe_.ctx.pc, 0u);
}

// A write that changes nothing is done, whatever the interrupts' state.
TEST_F(El2GicTest, WritesThatChangeNothing) {
  image_[0x104 / 4] = 0x0000'00f0;
  image_[0x420 / 4] = 0xa0a8'b0f8;
  image_[0x820 / 4] = 0x0102'0408;
  image_[HVK_IMAGE_BUSY / 4 + 1] = ~0u;
  pe_.ctx.fast.gicd[HVK_GICD_ENABLE] = 0x0800'ffff;
  pe_.ctx.fast.gicd[HVK_GICD_TARGETS] = 0x0808'0808;
  const struct {
    const char* name;
    u64 offset, sas;
    u32 value;
    bool done;
  } kTable[] = {
      {"enables what is enabled", 0x104, kWord, 0x30, true},
      {"enables nothing", 0x104, kWord, 0, true},
      {"enables one more", 0x104, kWord, 0x130, false},
      {"disables what is disabled", 0x184, kWord, 0xff0f, true},
      {"disables one", 0x184, kWord, 0x10, false},
      {"enables its own timer again", 0x100, kWord, 1u << 27, true},
      {"the same priorities", 0x420, kWord, 0xa0a8'b0f8, true},
      {"bits that priorities do not have", 0x420, kWord, 0xa7af'b7ff, true},
      {"another priority", 0x420, kWord, 0xa0a8'b0f0, false},
      {"one of them again", 0x421, kByte, 0xb0, true},
      {"one of them again, and more in the register", 0x421, kByte, 0xdead'00b0, true},
      {"another priority for one", 0x421, kByte, 0xb8, false},
      {"the same targets", 0x820, kWord, 0x0102'0408, true},
      {"targets that are not there", 0x820, kWord, 0xf1f2'f4f8, true},
      {"another target", 0x823, kByte, 2, false},
      {"one of the targets again", 0x822, kByte, 2, true},
      {"clears what may be pending", 0x284, kWord, 1, false},
      {"clears what may be active", 0x384, kWord, 1, false},
      {"clears none", 0x384, kWord, 0, true},
      {"its own interrupts' targets, which are read-only", 0x800, kWord, 0x0101'0101, true},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    const auto before = image_;
    trap(abort_esr(t.sas, 7, true), kDist + t.offset);
    pe_.ctx.x[7] = t.value;
    EXPECT_EQ(pe_.answer(), t.done);
    EXPECT_EQ(pe_.ctx.x[7], t.value);
    EXPECT_EQ(pe_.reg["elr_el2"], kPc + (t.done ? 4 : 0));
    EXPECT_EQ(image_, before);
    EXPECT_EQ(pe_.ctx.fast.gicd[HVK_GICD_TARGETS], 0x0808'0808u);
    EXPECT_EQ(pe_.count("dmb ish"), 0u);
  }
}

// A write that changes registers of quiet interrupts is done; EL1 does all others.
TEST_F(El2GicTest, WritesThatChangeSomething) {
  const struct {
    const char* name;
    u64 offset, sas;
    u32 value;
    bool done;
    u64 changed;  // the offset of the word that changes
    u32 now;
  } kTable[] = {
      {"enables one more", 0x104, kWord, 0x130, true, 0x104, 0x1f0},
      {"disables one", 0x184, kWord, 0x110, true, 0x104, 0xe0},
      {"enables one that is busy", 0x104, kWord, 0x8000, false, 0, 0},
      {"enables one, and one that is busy", 0x104, kWord, 0x9000, false, 0, 0},
      {"disables one that is busy", 0x188, kWord, 1, false, 0, 0},
      {"the last there is", 0x178, kWord, 1u << 31, true, 0x178, 1u << 31},
      {"one more than there is", 0x17c, kWord, 1, false, 0, 0},
      {"a priority", 0x421, kByte, 0xdead'0047, true, 0x420, 0xa0a8'40f8},
      {"four priorities", 0x420, kWord, 0x0102'0880, true, 0x420, 0x0000'0880},
      {"a priority of one that is busy", 0x42f, kByte, 0x40, false, 0, 0},
      {"four, one of which is busy", 0x42c, kWord, 0x40, false, 0, 0},
      {"one beside it", 0x42e, kByte, 0x40, true, 0x42c, 0x0040'0000},
      {"a priority of one that is not there", 0x7e0, kByte, 0x40, false, 0, 0},
      {"a target", 0x823, kByte, 0xf2, true, 0x820, 0x0202'0408},
      {"four targets", 0x820, kWord, 0x0f01'0201, true, 0x820, 0x0f01'0201},
      {"a target of one that is busy", 0x82f, kByte, 1, false, 0, 0},
      {"no target", 0x823, kByte, 0xf0, false, 0, 0},
      {"no target for one of four", 0x820, kWord, 0x0100'0101, false, 0, 0},
      {"clears pending, which is quiet", 0x284, kWord, 0x7fff, true, 0, 0},
      {"clears active, which is quiet", 0x384, kWord, 0x7fff, true, 0, 0},
      {"clears pending of one that is busy", 0x284, kWord, 0xffff, false, 0, 0},
      {"sets pending", 0x204, kWord, 1, false, 0, 0},
      {"sets active", 0x304, kWord, 1, false, 0, 0},
      {"CTLR", 0x000, kWord, 1, false, 0, 0},
      {"IGROUPR", 0x084, kWord, 1, false, 0, 0},
      {"ICFGR", 0xc08, kWord, 2, false, 0, 0},
      {"CPENDSGIR", 0xf10, kWord, 1, false, 0, 0},
      {"a halfword", 0x420, kHalf, 0xb0f0, false, 0, 0},
      {"a byte where there is none", 0x104, kByte, 1, false, 0, 0},
      {"unaligned", 0x422, kWord, 1, false, 0, 0},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    image_ = {};
    image_[0x104 / 4] = 0x0000'00f0;
    image_[0x108 / 4] = 0x0000'0001;
    image_[0x420 / 4] = 0xa0a8'b0f8;
    image_[0x820 / 4] = 0x0102'0408;
    image_[HVK_IMAGE_BUSY / 4 + 1] = 0x8000;
    image_[HVK_IMAGE_BUSY / 4 + 2] = 1;
    auto after = image_;
    if (t.changed) after[t.changed / 4] = t.now;
    trap(abort_esr(t.sas, 7, true), kDist + t.offset);
    pe_.ctx.x[7] = t.value;
    EXPECT_EQ(el2_bench_answer(&pe_.ctx), t.done ? 1 : 0);
    EXPECT_EQ(pe_.reg["elr_el2"], kPc + (t.done ? 4 : 0));
    EXPECT_EQ(image_, after);
    EXPECT_EQ(pe_.count("dmb ish"), t.changed ? 1u : 0u);
    EXPECT_EQ(pe_.ctx.fast.recheck, 0u);
  }
}

// The same for the vCPU's own; SGIs and the timer that EL2 delivers are always busy.
TEST_F(El2GicTest, WritesToItsOwn) {
  const struct {
    const char* name;
    u64 offset, sas;
    u32 value;
    bool done;
    int changed;
    u32 now;
  } kTable[] = {
      {"enables a PPI", 0x100, kWord, 1u << 30, true, HVK_GICD_ENABLE, 1u << 30 | 0xffff},
      {"disables one", 0x180, kWord, 1u << 29, true, -1, 0},
      {"enables the timer", 0x100, kWord, 1u << 27, false, -1, 0},
      {"disables an SGI", 0x180, kWord, 1, false, -1, 0},
      {"a PPI's priority", 0x41e, kByte, 0x50, true, HVK_GICD_PRIORITY + 7, 0x0050'0000},
      {"an SGI's", 0x401, kByte, 0x50, false, -1, 0},
      {"the timer's", 0x41b, kByte, 0x50, false, -1, 0},
      {"targets are read-only", 0x81e, kByte, 1, true, -1, 0},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    u32* own = pe_.ctx.fast.gicd;
    std::fill_n(own, HVK_GICD_PRIVATE_WORDS, 0u);
    own[HVK_GICD_ENABLE] = 0xffff;
    own[HVK_GICD_BUSY] = 0x0800'ffff;
    std::array<u32, HVK_GICD_PRIVATE_WORDS> after;
    std::copy_n(own, after.size(), after.begin());
    if (t.changed >= 0) after[unsigned(t.changed)] = t.now;
    const auto image = image_;
    trap(abort_esr(t.sas, 7, true), kDist + t.offset);
    pe_.ctx.x[7] = t.value;
    EXPECT_EQ(pe_.answer(), t.done);
    EXPECT_TRUE(std::equal(after.begin(), after.end(), own));
    EXPECT_EQ(image_, image);
  }
}

// Whatever else an abort may be, EL1 looks at it.
TEST_F(El2GicTest, OtherAborts) {
  constexpr u64 kRead = abort_esr(kWord, 7, false);
  const struct {
    const char* name;
    u64 esr, ipa, spsr, sctlr;
  } kTable[] = {
      {"another page", kRead, kDist + 0x1000, kEl1h, 0},
      {"the page before", kRead, kDist - 4, kEl1h, 0},
      {"no syndrome", kRead & ~(1ull << 24), kDist, kEl1h, 0},
      {"sign-extended", kRead | 1 << 21, kDist, kEl1h, 0},
      {"cache maintenance", kRead | 1 << 8, kDist, kEl1h, 0},
      {"a walk", kRead | 1 << 7, kDist, kEl1h, 0},
      {"FAR is not valid", kRead | 1 << 10, kDist, kEl1h, 0},
      {"a permission fault", (kRead & ~0x3full) | 0xf, kDist, kEl1h, 0},
      {"an external abort", (kRead & ~0x3full) | 0x10, kDist, kEl1h, 0},
      {"AArch32", kRead, kDist, kA32, 0},
      {"big-endian", kRead, kDist, kEl1h, 1 << 25},
      {"big-endian at EL0", kRead, kDist, 0, 1 << 24},
      {"a write to CTLR", abort_esr(kWord, 7, true), kDist, kEl1h, 0},
      {"an instruction abort", (kRead & ~(0x3full << 26)) | 0x20ull << 26, kDist, kEl1h, 0},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap(t.esr, t.ipa, t.spsr);
    pe_.reg["sctlr_el1"] = t.sctlr;
    EXPECT_FALSE(pe_.answer());
    EXPECT_EQ(pe_.ctx.x[7], 0xa007u);
    EXPECT_EQ(pe_.reg["elr_el2"], kPc);
  }
  pe_.reg["sctlr_el1"] = 0;
  vm_.dist = HVK_FAST_NO_DIST;
  trap(kRead, kDist);
  EXPECT_FALSE(pe_.answer()) << "memory covers it";
}

TEST_F(El2GicTest, SgiToOneself) {
  constexpr u32 kSelf = 2u << 24, kList = 0, kCpu3 = 8u << 16;
  // Priorities of SGI 5 and 6: bytes 1 and 2 of 0x07060518; groups: bits 5, 6 of 0x07060500.
  const u32 kLr5 = kPending | 5 | 3u << 10, kLr6 = kPending | 6 | 3u << 10;
  const struct {
    const char* name;
    u32 value;
    u64 sas;
    unsigned busy;  // this list register holds something
    u32 state;
    int index;  // -1: EL1 does it
    u32 lr;
  } kTable[] = {
      {"to oneself", kSelf | 5, kWord, 0, 0, 2, kLr5},
      {"to a list with oneself alone", kList | kCpu3 | 5, kWord, 0, 0, 2, kLr5},
      {"targets do not count", kSelf | 0xffu << 16 | 6, kWord, 0, 0, 1, kLr6},
      {"another is in another", kSelf | 5, kWord, 1, kPending, 2, kLr5},
      {"it is pending", kSelf | 5, kWord, 2, kPending, -1, 0},
      {"it is active", kSelf | 5, kWord, 2, kActive, -1, 0},
      {"EL1 says no", kSelf | 7, kWord, 0, 0, -1, 0},
      {"to others as well", kList | kCpu3 | 1u << 16 | 5, kWord, 0, 0, -1, 0},
      {"to nobody", kList | 5, kWord, 0, 0, -1, 0},
      {"reserved", 3u << 24 | 5, kWord, 0, 0, -1, 0},
      {"a byte", kSelf | 5, kByte, 0, 0, -1, 0},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    for (unsigned i = 0; i < 4; ++i) lr(i) = 0;
    if (t.state) lr(t.busy) = t.state | 9;
    pe_.ctx.fast.lrs = 0;
    trap(abort_esr(t.sas, 9, true), kDist + 0xf00);
    pe_.ctx.x[9] = 0xffff'0000'0000'0000 | t.value;
    EXPECT_EQ(pe_.answer(), t.index >= 0);
    EXPECT_EQ(pe_.ctx.fast.lrs, t.index >= 0 ? 1u << t.index : 0u);
    EXPECT_EQ(pe_.count("dsb sy"), t.index >= 0 ? 1u : 0u);
    for (int i = 0; i < 4; ++i) {
      u32 before = t.state && unsigned(i) == t.busy ? t.state | 9 : 0;
      EXPECT_EQ(lr(i), i == t.index ? t.lr : before) << i;
    }
  }
  // Priority and group are the distributor's.
  pe_.ctx.fast.gicd[HVK_GICD_PRIORITY + 1] = 0xa8u << 8;
  pe_.ctx.fast.gicd[HVK_GICD_GROUP] = 1 << 5;
  lr(2) = 0;
  trap(abort_esr(kWord, 9, true), kDist + 0xf00);
  pe_.ctx.x[9] = kSelf | 5;
  EXPECT_TRUE(pe_.answer());
  EXPECT_EQ(lr(2), kLr5 | 0x15u << 23 | kGroup1);
}

TEST_F(El2GicTest, WfiWithAnInterruptPending) {
  const struct {
    const char* name;
    u64 iss, spsr;
    u32 lr, vmcr;
    bool answered;
  } kTable[] = {
      {"nothing", 0, kEl1h, 0, 0x1fu << 27 | 3, false},
      {"pending", 0, kEl1h, kPending | 0x14u << 23, 0x1fu << 27 | 3, true},
      {"pending, at EL0", 0, 0, kPending | 0x14u << 23, 0x1fu << 27 | 3, true},
      {"active", 0, kEl1h, kActive | 0x14u << 23, 0x1fu << 27 | 3, false},
      {"both", 0, kEl1h, kActive | kPending | 0x14u << 23, 0x1fu << 27 | 3, false},
      {"its priority is masked", 0, kEl1h, kPending | 0x14u << 23, 0x14u << 27 | 3, false},
      {"just not masked", 0, kEl1h, kPending | 0x14u << 23, 0x15u << 27 | 3, true},
      {"its group is off", 0, kEl1h, kPending, 0x1fu << 27 | 2, false},
      {"group 1 is off", 0, kEl1h, kPending | kGroup1, 0x1fu << 27 | 1, false},
      {"group 1", 0, kEl1h, kPending | kGroup1, 0x1fu << 27 | 2, true},
      {"WFE", 1, kEl1h, kPending, 0x1fu << 27 | 3, false},
      {"WFIT", 2, kEl1h, kPending, 0x1fu << 27 | 3, false},
      {"AArch32", 0, kA32, kPending, 0x1fu << 27 | 3, false},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    lr(3) = t.lr;
    gich_[2] = t.vmcr;
    trap(kWfx | t.iss, 0, t.spsr);
    EXPECT_EQ(pe_.answer(), t.answered);
    EXPECT_EQ(pe_.reg["elr_el2"], kPc + (t.answered ? 4 : 0));
  }
  // Of list registers that are not in use nobody knows what is in them.
  lr(3) = kPending;
  gich_[2] = 0x1fu << 27 | 3;
  pe_.ctx.fast.nr_lr = 3;
  trap(kWfx, 0);
  EXPECT_FALSE(pe_.answer());
}

TEST_F(El2GicTest, TheTimerFires) {
  const struct {
    const char* name;
    u64 ctl;
    u32 lr, timer_lr, kick;
    bool fires;
  } kTable[] = {
      {"it fires", 5, 0, kTimerLr, 0, true},
      {"again, after its EOI", 5, kTimerLr & ~kPending, kTimerLr, 0, true},
      {"another interrupt", 1, 0, kTimerLr, 0, false},
      {"masked", 7, 0, kTimerLr, 0, false},
      {"off", 4, 0, kTimerLr, 0, false},
      {"still active", 5, (kTimerLr & ~kPending) | kActive, kTimerLr, 0, false},
      {"still pending", 5, kTimerLr, kTimerLr, 0, false},
      {"EL1 wants to see it", 5, 0, 0, 0, false},
      {"a kick", 5, 0, kTimerLr, 1, false},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    pe_.forget();
    pe_.reg["cntv_ctl_el0"] = t.ctl;
    lr(1) = t.lr;
    gicd_[0x300 / 4] = 0;
    pe_.ctx.fast.timer_lr = t.timer_lr;
    pe_.ctx.fast.lrs = 0;
    pe_.ctx.shared.kick = t.kick;
    const u64 count = pe_.ctx.fast.count;
    EXPECT_EQ(pe_.interrupt(), t.fires);
    EXPECT_EQ(lr(1), t.fires ? t.timer_lr : t.lr);
    EXPECT_EQ(gicd_[0x300 / 4], t.fires ? 1u << 27 : 0u) << "the physical one's active state";
    EXPECT_EQ(pe_.ctx.fast.lrs, t.fires ? 2u : 0u);
    EXPECT_EQ(pe_.ctx.fast.count, count + t.fires);
    EXPECT_EQ(pe_.count("dsb sy"), t.fires ? 1u : 0u);
  }
}

}  // namespace
}  // namespace hvk::test
