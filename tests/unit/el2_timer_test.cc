// SPDX-License-Identifier: GPL-2.0-only
// The guest's physical timer at EL2: its registers, and CNTHP, which fires for it.
#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kSys = 0x18ull << 26, kPc = 0x4000'1000, kEl1h = 5;
constexpr u64 kCount = 5000, kOffset = 1000;  // the host's count, and the guest's offset
constexpr unsigned kTval = 0, kCtl = 1, kCval = 2;

constexpr u64 esr(u64 reg, u64 rt, bool read) {
  return kSys | 3 << 20 | reg << 17 | 3 << 14 | 14 << 10 | rt << 5 | 2 << 1 | u64{read};
}

class El2TimerTest : public testing::Test {
 protected:
  El2TimerTest() {
    pe_.ctx.fast.vm = reinterpret_cast<u64>(&vm_);
    pe_.ctx.cfg.cntpoff = kOffset;
    pe_.reg["cntpct_el0"] = kCount;
    pe_.reg["spsr_el2"] = kEl1h;
  }
  bool access(unsigned reg, bool read, u64 value = 0, u64 rt = 4) {
    pe_.forget();
    pe_.reg["esr_el2"] = esr(reg, rt, read);
    pe_.reg["elr_el2"] = kPc;
    if (rt != 31) pe_.ctx.x[rt] = value;
    const bool answered = pe_.answer();
    EXPECT_EQ(pe_.reg["elr_el2"], kPc + (answered ? 4 : 0));
    return answered;
  }
  u64 read(unsigned reg) {
    EXPECT_TRUE(access(reg, true, 0xdead));
    return pe_.ctx.x[4];
  }
  void timer(u64 ctl, u64 cval) {
    pe_.ctx.sys[HVK_SYS_CNTP_CTL_EL0] = ctl;
    pe_.ctx.sys[HVK_SYS_CNTP_CVAL_EL0] = cval;
  }

  struct hvk_el2_vm vm_ = {};
  El2Pe pe_;
};

TEST_F(El2TimerTest, Reads) {
  const struct {
    const char* name;
    u64 ctl, cval, read_ctl, tval;
  } kTable[] = {
      {"off", 0, 3000, 0, 0xffff'fc18},
      {"on, in the future", 1, 4500, 1, 500},
      {"on, now", 1, 4000, 5, 0},
      {"on, past", 1, 3999, 5, 0xffff'ffff},
      {"masked, past", 3, 3999, 7, 0xffff'ffff},
      {"masked and off", 2, 3999, 2, 0xffff'ffff},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    timer(t.ctl, t.cval);
    EXPECT_EQ(read(kCtl), t.read_ctl);
    EXPECT_EQ(read(kCval), t.cval);
    EXPECT_EQ(read(kTval), t.tval);
    EXPECT_EQ(pe_.count("msr cnthp_ctl_el2"), 0u);
  }
  EXPECT_TRUE(access(kCtl, true, 0, 31)) << "to XZR";
}

// CNTHP is on if and only if the guest's timer is armed, at its deadline in the host's count.
TEST_F(El2TimerTest, Writes) {
  const struct {
    const char* name;
    u64 ctl, cval;
    unsigned reg;
    u64 value, ctl_after, cval_after, cnthp_ctl;
  } kTable[] = {
      {"on", 0, 4500, kCtl, 1, 1, 4500, 1},
      {"on, all other bits ignored", 0, 4500, kCtl, ~2ull, 1, 4500, 1},
      {"masked", 1, 4500, kCtl, 3, 3, 4500, 0},
      {"off", 1, 4500, kCtl, 0, 0, 4500, 0},
      {"a new deadline", 1, 4500, kCval, 4700, 1, 4700, 1},
      {"one that is over", 1, 4500, kCval, 10, 1, 10, 1},
      {"a deadline while it is off", 0, 4500, kCval, 4700, 0, 4700, 0},
      {"in 100 ticks", 1, 0, kTval, 100, 1, 4100, 1},
      {"100 ticks ago", 1, 0, kTval, 0xffff'ff9c, 1, 3900, 1},
      {"upper half of TVAL is ignored", 1, 0, kTval, 0xffff'ffff'0000'0064, 1, 4100, 1},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    timer(t.ctl, t.cval);
    EXPECT_TRUE(access(t.reg, false, t.value));
    EXPECT_EQ(pe_.ctx.sys[HVK_SYS_CNTP_CTL_EL0], t.ctl_after);
    EXPECT_EQ(pe_.ctx.sys[HVK_SYS_CNTP_CVAL_EL0], t.cval_after);
    EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], t.cnthp_ctl);
    if (t.cnthp_ctl) {
      EXPECT_EQ(pe_.reg["cnthp_cval_el2"], t.cval_after + kOffset);
    }
  }
  EXPECT_TRUE(access(kCtl, false, 0, 31)) << "from XZR";
  EXPECT_EQ(pe_.ctx.sys[HVK_SYS_CNTP_CTL_EL0], 0u);
}

// A deadline that the host's count never reaches must not fire at once, and again at each entry;
// one from before the host's count began is due.
TEST_F(El2TimerTest, DeadlinesThatWrap) {
  const struct {
    const char* name;
    u64 offset, cval;
    bool armed;
    u64 at;
  } kTable[] = {
      {"never, no offset", 0, ~u64{0}, true, ~u64{0}},
      {"never, the guest is behind", 1000, ~u64{0}, false, 0},
      {"the last that the host reaches", 1000, ~u64{0} - 1000, true, ~u64{0}},
      {"one later", 1000, ~u64{0} - 999, false, 0},
      {"zero, the guest is ahead", u64(-1000), 0, true, 0},
      {"just before the host began", u64(-1000), 999, true, 0},
      {"when the host began", u64(-1000), 1000, true, 0},
      {"one later than that", u64(-1000), 1001, true, 1},
      {"never, the guest is ahead", u64(-1000), ~u64{0}, true, ~u64{0} - 1000},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    pe_.ctx.cfg.cntpoff = t.offset;
    timer(1, 0);
    pe_.reg["cnthp_cval_el2"] = 0x5a;
    EXPECT_TRUE(access(kCval, false, t.cval));
    EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], t.armed);
    EXPECT_EQ(pe_.reg["cnthp_cval_el2"], t.armed ? t.at : 0x5a);
    pe_.reg["cnthp_ctl_el2"] = 0;
    ASSERT_EQ(pe_.enter(), 0u);
    EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], t.armed);
    pe_.leave(HVK_EXIT_SYNC);
  }
}

// Once EL1 has injected the interrupt, CNTHP would end guest mode for ever; and what the guest
// writes may take the interrupt back, which is EL1's.
TEST_F(El2TimerTest, WhileTheLineIsHigh) {
  timer(1, 3000);
  pe_.ctx.fast.phys_line = 1;
  EXPECT_FALSE(access(kCval, false, 9000));
  EXPECT_EQ(pe_.ctx.sys[HVK_SYS_CNTP_CVAL_EL0], 3000u);
  EXPECT_EQ(read(kCtl), 5u);
  pe_.forget();
  ASSERT_EQ(pe_.enter(), 0u);
  EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], 0u);
}

TEST_F(El2TimerTest, AroundTheGuest) {
  timer(1, 4500);
  ASSERT_EQ(pe_.enter(), 0u);
  EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], 1u);
  EXPECT_EQ(pe_.reg["cnthp_cval_el2"], 4500 + kOffset);
  pe_.leave(HVK_EXIT_IRQ);
  EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], 0u) << "the host is interrupted by it";
  timer(3, 4500);
  ASSERT_EQ(pe_.enter(), 0u);
  EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], 0u);
  timer(1, 4500);
  pe_.abandon();
  EXPECT_EQ(pe_.reg["cnthp_ctl_el2"], 0u);
}

TEST_F(El2TimerTest, OtherRegisters) {
  const struct {
    const char* name;
    u64 esr;
  } kTable[] = {
      {"op2 3", esr(3, 4, true)},
      {"CNTPCT", (esr(1, 4, true) & ~(0xfull << 1))},
      {"CNTV_CTL", esr(1, 4, true) | 1 << 1},
      {"another op1", esr(1, 4, true) & ~(7ull << 14)},
      {"another op0", esr(1, 4, true) & ~(1ull << 20)},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    pe_.reg["esr_el2"] = t.esr;
    EXPECT_FALSE(pe_.answer());
  }
}

}  // namespace
}  // namespace hvk::test
