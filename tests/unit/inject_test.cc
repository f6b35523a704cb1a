// SPDX-License-Identifier: GPL-2.0-only
// Exceptions into the guest's EL1, skipped instructions, conditions.
#include <linux/kvm.h>

extern "C" {
#include "kmod/base/esr.h"
#include "kmod/base/idreg.h"
}
#include "trap_bench.h"

namespace hvk::test {
namespace {

constexpr u64 Sys(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
  return KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG |
         HVK_SYSREG(op0, op1, crn, crm, op2);
}
constexpr u64 kSctlr = Sys(3, 0, 1, 0, 0), kEsr = Sys(3, 0, 5, 2, 0), kVbar = Sys(3, 0, 12, 0, 0);
constexpr u64 kCore = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE;
constexpr u64 kElr = kCore | KVM_REG_ARM_CORE_REG(elr_el1);
constexpr u64 kSpsr = kCore | KVM_REG_ARM_CORE_REG(spsr[0]);
constexpr u64 kPc = 0x40080000;
constexpr u64 kUnknownEc = 0x15ull << 26 | 1 << 25;

class InjectTest : public testing::Test {
 protected:
  void SetUp() override {
    trap_new(1, 0);
    set(kVbar, 0xffff'0000'0000'0800 & ~0x7ffull);
  }
  void TearDown() override { trap_delete(); }
  u64 get(u64 id) {
    u64 val = 0;
    EXPECT_EQ(trap_reg_get(id, &val), 0);
    return val;
  }
  void set(u64 id, u64 val) { EXPECT_EQ(trap_reg_set(id, &val), 0); }
};

TEST_F(InjectTest, VectorAndState) {
  constexpr u64 kPan = 1 << 22, kSpan = 1 << 23, kUao = 1 << 23, kSs = 1 << 21, kIl = 1 << 20,
                kBtype = 3 << 10, kSsbs = 1 << 12, kDssbs = 1ull << 44, kDit = 1 << 24;
  constexpr u64 kNoPan = 0, kHasPan = 0x100000, kHasSsbs = 0x20;
  const struct {
    const char* name;
    u64 pstate, sctlr, mmfr1, pfr1, vector, after;
  } kTable[] = {
      {"EL1h", 0x5, 0, kNoPan, 0, 0x200, 0x3c5},
      {"EL1t", 0x4, 0, kNoPan, 0, 0x000, 0x3c5},
      {"EL0", 0x0, 0, kNoPan, 0, 0x400, 0x3c5},
      {"AArch32 EL0", 0x600f0010, 0, kNoPan, 0, 0x600, 0x600003c5},
      {"flags kept", 0xf0000005, 0, kNoPan, 0, 0x200, 0xf00003c5},
      {"UAO, SS, IL, BTYPE cleared, DIT kept", kUao | kSs | kIl | kBtype | kDit | 5, 0, kNoPan, 0,
       0x200, kDit | 0x3c5},
      {"PAN set", 5, 0, kHasPan, 0, 0x200, kPan | 0x3c5},
      {"PAN left clear", 5, kSpan, kHasPan, 0, 0x200, 0x3c5},
      {"PAN left set", kPan | 5, kSpan, kHasPan, 0, 0x200, kPan | 0x3c5},
      {"SSBS cleared", kSsbs | 5, 0, kNoPan, kHasSsbs, 0x200, 0x3c5},
      {"SSBS set", 5, kDssbs, kNoPan, kHasSsbs, 0x200, kSsbs | 0x3c5},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap_set_id(HVK_SYSREG(3, 0, 0, 7, 1), t.mmfr1);
    trap_set_id(HVK_SYSREG(3, 0, 0, 4, 1), t.pfr1);
    set(kSctlr, t.sctlr);
    *trap_pc() = kPc;
    *trap_pstate() = t.pstate;
    ASSERT_EQ(trap_exit(kUnknownEc, 0), 1);
    EXPECT_EQ(*trap_pc(), get(kVbar) + t.vector);
    EXPECT_EQ(*trap_pstate(), t.after);
    EXPECT_EQ(get(kElr), kPc);
    EXPECT_EQ(get(kSpsr), t.pstate);
    EXPECT_EQ(get(kEsr), 0x02000000u);
  }
}

TEST_F(InjectTest, WhatIsNotOfferedIsUndefined) {
  for (const unsigned ec : {0x00, 0x02, 0x07, 0x09, 0x0a, 0x12, 0x13, 0x15, 0x19, 0x1a, 0x1c, 0x1d,
                            0x2c, 0x2f, 0x31, 0x33, 0x35, 0x3f}) {
    SCOPED_TRACE(ec);
    *trap_pc() = kPc;
    *trap_pstate() = 5;
    EXPECT_EQ(trap_exit(static_cast<u64>(ec) << 26 | 1 << 25, 0), 1);
    EXPECT_EQ(get(kEsr), 0x02000000u);
    EXPECT_EQ(*trap_pc(), get(kVbar) + 0x200);
  }
}

TEST_F(InjectTest, DebugExceptionsAreTheVmms) {
  for (const unsigned ec : {0x30, 0x32, 0x34, 0x38, 0x3c}) {
    SCOPED_TRACE(ec);
    *trap_pc() = kPc;
    EXPECT_EQ(trap_exit(static_cast<u64>(ec) << 26 | 1 << 25, 0), 0);
    EXPECT_EQ(*trap_pc(), kPc);
  }
}

TEST_F(InjectTest, ExternalAbortClass) {
  kvm_vcpu_events events = {};
  events.exception.ext_dabt_pending = 1;
  *trap_pstate() = 0;
  ASSERT_EQ(trap_events_set(&events), 0);
  EXPECT_EQ(get(kEsr), 0x92000010u);  // from a lower level
  *trap_pstate() = 5;
  ASSERT_EQ(trap_events_set(&events), 0);
  EXPECT_EQ(get(kEsr), 0x96000010u);
}

TEST_F(InjectTest, SError) {
  kvm_vcpu_events events = {};
  ASSERT_EQ(trap_events_get(&events), 0);
  EXPECT_FALSE(events.exception.serror_pending);
  events.exception.serror_pending = 1;
  events.exception.serror_has_esr = 1;
  EXPECT_EQ(trap_events_set(&events), -EINVAL);
  EXPECT_FALSE(trap_vse());
  events.exception.serror_has_esr = 0;
  EXPECT_EQ(trap_events_set(&events), 0);
  EXPECT_TRUE(trap_vse());
  ASSERT_EQ(trap_events_get(&events), 0);
  EXPECT_TRUE(events.exception.serror_pending);
  EXPECT_FALSE(events.exception.serror_has_esr);
}

// WFI is skipped before the vCPU blocks.
TEST_F(InjectTest, Wfx) {
  constexpr u64 kWfi = 0x06000000, kWfe = kWfi | 1;  // IL
  constexpr u64 kCv = 1 << 24, kCondEq = 0, kCondNe = 1 << 20, kAl = 0xe << 20;
  constexpr u64 kZ = 1 << 30, kA32 = 0x10, kT = 1 << 5;
  const struct {
    const char* name;
    u64 esr, pstate;
    u64 length;
    bool blocks;
  } kTable[] = {
      {"WFI", kWfi | kCv | kAl, 5, 4, true},
      {"WFE", kWfe | kCv | kAl, 5, 4, false},
      {"A32 WFIAL", kWfi | kCv | kAl, kA32, 4, true},
      {"A32 WFIEQ, Z", kWfi | kCv | kCondEq, kA32 | kZ, 4, true},
      {"A32 WFIEQ, not Z", kWfi | kCv | kCondEq, kA32, 4, false},
      {"A32 WFINE, Z", kWfi | kCv | kCondNe, kA32 | kZ, 4, false},
      {"T32 WFI", (kWfi | kAl) & ~(1u << 25), kA32 | kT, 2, true},
      {"T32 WFI.W", kWfi | kAl, kA32 | kT, 4, true},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    const unsigned before = trap_blocked();
    *trap_pc() = kPc;
    *trap_pstate() = t.pstate;
    EXPECT_EQ(trap_exit(t.esr, 0), 1);
    EXPECT_EQ(*trap_pc(), kPc + t.length);
    EXPECT_EQ(trap_blocked() - before, t.blocks ? 1u : 0u);
  }
}

// Every condition against every combination of flags, by DDI 0487's table.
TEST_F(InjectTest, Conditions) {
  for (unsigned cond = 0; cond < 16; cond++)
    for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
      const bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1;
      const bool holds[16] = {z,    !z,      c,       !c,     n,      !n,           v,
                              !v,   c && !z, !c || z, n == v, n != v, !z && n == v, z || n != v,
                              true, true};
      const unsigned before = trap_blocked();
      *trap_pstate() = static_cast<u64>(nzcv) << 28 | 0x10;
      EXPECT_EQ(trap_exit(0x07000000 | cond << 20, 0), 1);
      EXPECT_EQ(trap_blocked() - before, holds[cond] ? 1u : 0u) << cond << " " << nzcv;
    }
}

// An IT block: the condition without CV is the block's, and skipping ends it.
TEST_F(InjectTest, ItBlock) {
  const auto it = [](unsigned state) {
    return static_cast<u64>(state >> 2) << 10 | static_cast<u64>(state & 3) << 25;
  };
  constexpr u64 kThumb = 0x30, kZ = 1 << 30;
  const struct {
    const char* name;
    unsigned before;
    u64 flags;
    unsigned after;
    bool blocks;
  } kTable[] = {
      {"IT EQ, Z", 0x08, kZ, 0x00, true},
      {"IT EQ, not Z", 0x08, 0, 0x00, false},
      {"ITE EQ, first of two", 0x0c, kZ, 0x18, true},
      {"ITE EQ, second of two", 0x18, kZ, 0x00, false},
      {"ITTT NE", 0x1e, 0, 0x1c, true},
      {"no block", 0x00, 0, 0x00, true},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    const unsigned before = trap_blocked();
    *trap_pstate() = kThumb | t.flags | it(t.before);
    EXPECT_EQ(trap_exit(0x04000000, 0), 1);
    EXPECT_EQ(*trap_pstate(), kThumb | t.flags | it(t.after));
    EXPECT_EQ(trap_blocked() - before, t.blocks ? 1u : 0u);
  }
}

TEST_F(InjectTest, SkippingClearsStepAndBtype) {
  *trap_pc() = kPc;
  *trap_pstate() = 0x3c5 | 1 << 21 | 3 << 10;
  EXPECT_EQ(trap_exit(0x07e00000, 0), 1);
  EXPECT_EQ(*trap_pstate(), 0x3c5u);
  // AArch32 wraps at 4 GiB.
  *trap_pc() = 0xfffffffc;
  *trap_pstate() = 0x10;
  EXPECT_EQ(trap_exit(0x07e00000, 0), 1);
  EXPECT_EQ(*trap_pc(), 0u);
}

}  // namespace
}  // namespace hvk::test
