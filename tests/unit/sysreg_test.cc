// SPDX-License-Identifier: GPL-2.0-only
// Trapped system registers, and the registers of ONE_REG.
#include <linux/kvm.h>

#include <set>

extern "C" {
#include "kmod/base/esr.h"
#include "kmod/base/idreg.h"
}
#include "trap_bench.h"

namespace hvk::test {
namespace {

constexpr u64 kPc = 0x40080000, kUndef = 0x200;
constexpr u64 kId64 = KVM_REG_ARM64 | KVM_REG_SIZE_U64;
constexpr u64 kCore = kId64 | KVM_REG_ARM_CORE;

constexpr u32 Reg(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
  return HVK_SYSREG(op0, op1, crn, crm, op2);
}
constexpr u64 Id(u32 enc) { return kId64 | KVM_REG_ARM64_SYSREG | enc; }

constexpr u32 kSctlr = Reg(3, 0, 1, 0, 0), kTtbr0 = Reg(3, 0, 2, 0, 0), kMdscr = Reg(2, 0, 0, 2, 2),
              kOslar = Reg(2, 0, 1, 0, 4), kOslsr = Reg(2, 0, 1, 1, 4), kOsdlr = Reg(2, 0, 1, 3, 4),
              kBvr0 = Reg(2, 0, 0, 0, 4), kBcr5 = Reg(2, 0, 0, 5, 5), kBvr6 = Reg(2, 0, 0, 6, 4),
              kWcr3 = Reg(2, 0, 0, 3, 7), kWvr4 = Reg(2, 0, 0, 4, 6), kPfr0 = Reg(3, 0, 0, 4, 0),
              kActlr = Reg(3, 0, 1, 0, 1), kCntpTval = Reg(3, 3, 14, 2, 0),
              kCntpCtl = Reg(3, 3, 14, 2, 1), kCntpCval = Reg(3, 3, 14, 2, 2),
              kMpidr = Reg(3, 0, 0, 0, 5), kMdrar = Reg(2, 0, 1, 0, 0);

class SysregTest : public testing::Test {
 protected:
  void SetUp() override { trap_new(2, 0); }
  void TearDown() override { trap_delete(); }

  static u64 esr(u32 enc, unsigned rt, bool read) {
    return 0x62000000 | (enc >> 14 & 3) << 20 | (enc & 7) << 17 | (enc >> 11 & 7) << 14 |
           (enc >> 7 & 15) << 10 | rt << 5 | (enc >> 3 & 15) << 1 | read;
  }
  // nullopt: UNDEFINED
  static std::optional<u64> mrs(u32 enc) {
    *trap_pc() = kPc;
    *trap_x(7) = 0x5555;
    EXPECT_EQ(trap_exit(esr(enc, 7, true), 0), 1);
    if (*trap_pc() != kPc + 4) {
      EXPECT_EQ(*trap_x(7), 0x5555u);
      return std::nullopt;
    }
    return *trap_x(7);
  }
  static bool msr(u32 enc, u64 value) {
    *trap_pc() = kPc;
    *trap_x(7) = value;
    EXPECT_EQ(trap_exit(esr(enc, 7, false), 0), 1);
    return *trap_pc() == kPc + 4;
  }
  static u64 get(u32 enc) {
    u64 val = 0;
    EXPECT_EQ(trap_reg_get(Id(enc), &val), 0);
    return val;
  }
  static int set(u32 enc, u64 val) { return trap_reg_set(Id(enc), &val); }
};

// --- traps -------------------------------------------------------------------

TEST_F(SysregTest, IdRegistersAreReadOnly) {
  EXPECT_EQ(mrs(kPfr0), 0x12u);
  EXPECT_FALSE(msr(kPfr0, 0x12));
  EXPECT_EQ(mrs(Reg(3, 0, 0, 4, 4)), 0u);  // ZFR0
  EXPECT_EQ(mrs(Reg(3, 0, 0, 7, 7)), 0u);  // not allocated
  EXPECT_EQ(*trap_pstate(), 0x3c5u);
}

TEST_F(SysregTest, Undefined) {
  const struct {
    const char* name;
    u32 enc;
  } kTable[] = {
      {"PMCR_EL0", Reg(3, 3, 9, 12, 0)},
      {"PMCCNTR_EL0", Reg(3, 3, 9, 13, 0)},
      {"PMEVTYPER0_EL0", Reg(3, 3, 14, 12, 0)},
      {"ICC_SRE_EL1", Reg(3, 0, 12, 12, 5)},
      {"ICC_SGI1R_EL1", Reg(3, 0, 12, 11, 5)},
      {"ICC_IAR1_EL1", Reg(3, 0, 12, 12, 0)},
      {"LORID_EL1", Reg(3, 0, 10, 4, 7)},
      {"LORC_EL1", Reg(3, 0, 10, 4, 3)},
      {"APIAKEYLO_EL1", Reg(3, 0, 2, 1, 0)},
      {"ZCR_EL1", Reg(3, 0, 1, 2, 0)},
      {"ERRIDR_EL1", Reg(3, 0, 5, 3, 0)},
      {"TRCIDR0", Reg(2, 1, 0, 8, 7)},
      {"S3_1_C15_C2_1", Reg(3, 1, 15, 2, 1)},
      {"S3_0_C11_C0_0", Reg(3, 0, 11, 0, 0)},
      {"DACR32_EL2", Reg(3, 4, 3, 0, 0)},
      {"VBAR_EL1, which does not trap", Reg(3, 0, 12, 0, 0)},
  };
  for (const auto& t : kTable) {
    EXPECT_EQ(mrs(t.enc), std::nullopt) << t.name;
    EXPECT_EQ(*trap_pc(), kUndef);
    EXPECT_FALSE(msr(t.enc, 0)) << t.name;
    EXPECT_EQ(get(Reg(3, 0, 5, 2, 0)), 0x02000000u);
  }
}

TEST_F(SysregTest, El0ReachesOp1Three) {
  *trap_pstate() = 0x3c0;
  EXPECT_EQ(mrs(kActlr), std::nullopt);
  EXPECT_EQ(*trap_pc(), 0x400u);
  *trap_pstate() = 0x3c0;
  EXPECT_EQ(mrs(kPfr0), std::nullopt);
  *trap_pstate() = 0x3c0;
  EXPECT_EQ(mrs(kCntpCtl), 0u);
}

TEST_F(SysregTest, SimpleOnes) {
  EXPECT_EQ(mrs(kActlr), 0u);
  EXPECT_TRUE(msr(kActlr, ~0ull));
  EXPECT_EQ(mrs(kActlr), 0u);
  EXPECT_EQ(mrs(kMdrar), 0u);
  EXPECT_FALSE(msr(kMdrar, 0));
  EXPECT_TRUE(msr(kOsdlr, 1));
  EXPECT_EQ(mrs(kOsdlr), 0u);
  // XZR
  *trap_pc() = kPc;
  EXPECT_EQ(trap_exit(esr(kPfr0, 31, true), 0), 1);
  EXPECT_EQ(*trap_pc(), kPc + 4);
}

TEST_F(SysregTest, PhysicalTimer) {
  EXPECT_TRUE(msr(kCntpCval, 0x1'0000'0000));
  EXPECT_TRUE(msr(kCntpCtl, 3));
  EXPECT_EQ(mrs(kCntpCval), 0x1'0000'0000u);
  EXPECT_EQ(mrs(kCntpCtl), 3u);
  EXPECT_TRUE(msr(kCntpTval, 0x100));
  EXPECT_EQ(mrs(kCntpCval), 0x100u);
}

// --- caches ------------------------------------------------------------------

TEST_F(SysregTest, CachesOnAndOff) {
  constexpr u64 kM = 1, kC = 4;
  // From reset on, until both are on.
  EXPECT_TRUE(trap_tvm());
  EXPECT_TRUE(msr(kTtbr0, 0x1234000));
  EXPECT_EQ(get(kTtbr0), 0x1234000u);
  EXPECT_TRUE(msr(kSctlr, 0x30d00800 | kM));
  EXPECT_EQ(trap_cache_flushes(), 0u);
  EXPECT_TRUE(trap_tvm());
  EXPECT_TRUE(msr(kSctlr, 0x30d00800 | kM | kC));
  EXPECT_EQ(trap_cache_flushes(), 1u);
  EXPECT_FALSE(trap_tvm());
  EXPECT_EQ(get(kSctlr), 0x30d00805u);

  // A guest about to turn them off cleans by set and way, many times.
  for (const u32 dc : {Reg(1, 0, 7, 6, 2), Reg(1, 0, 7, 10, 2), Reg(1, 0, 7, 14, 2)})
    EXPECT_TRUE(msr(dc, 0x40));
  EXPECT_EQ(trap_cache_flushes(), 2u);
  EXPECT_TRUE(trap_tvm());
  EXPECT_TRUE(msr(kSctlr, 0x30d00800));
  EXPECT_EQ(trap_cache_flushes(), 3u);
  EXPECT_TRUE(trap_tvm());
}

// --- debug -------------------------------------------------------------------

constexpr u64 kSs = 1, kKde = 1 << 13, kMde = 1 << 15, kTdcc = 1 << 12;

TEST_F(SysregTest, BreakpointsTheHardwareHas) {
  // BRPs 5, WRPs 3: six and four
  EXPECT_TRUE(msr(kBvr0, 0xffff'8000'0000'1000));
  EXPECT_EQ(mrs(kBvr0), 0xffff'8000'0000'1000u);
  EXPECT_TRUE(msr(kBcr5, 0xffff'ffff'0000'01e5));
  EXPECT_EQ(mrs(kBcr5), 0x1e5u);
  EXPECT_EQ(mrs(kBvr6), std::nullopt);
  EXPECT_TRUE(msr(kWcr3, 1));
  EXPECT_EQ(mrs(kWvr4), std::nullopt);
  EXPECT_FALSE(trap_debug_switched());
  // The VMM sees all sixteen, as with KVM.
  EXPECT_EQ(set(kBvr6, 5), 0);
  EXPECT_EQ(get(kBvr6), 5u);
}

TEST_F(SysregTest, MdscrDecidesWhoHasTheDebugRegisters) {
  EXPECT_TRUE(msr(kMdscr, kKde | kSs | kTdcc));
  EXPECT_FALSE(trap_debug_switched());
  EXPECT_EQ(trap_hardware_mdscr(), kKde | kSs | kTdcc);

  EXPECT_TRUE(msr(kMdscr, kKde | kMde | 1 << 14));  // HDE is not the guest's
  EXPECT_TRUE(trap_debug_switched());
  EXPECT_EQ(trap_hardware_mdscr(), kKde | kMde);
  EXPECT_EQ(mrs(kMdscr), kKde | kMde);

  // Locked: nothing fires, and the value is kept.
  EXPECT_EQ(mrs(kOslsr), 8u);
  EXPECT_TRUE(msr(kOslar, 1));
  EXPECT_EQ(mrs(kOslsr), 10u);
  EXPECT_FALSE(trap_debug_switched());
  EXPECT_EQ(trap_hardware_mdscr(), kKde);
  EXPECT_EQ(mrs(kMdscr), kKde | kMde);
  EXPECT_TRUE(msr(kOslar, ~1ull));
  EXPECT_TRUE(trap_debug_switched());
  EXPECT_EQ(trap_hardware_mdscr(), kKde | kMde);

  EXPECT_FALSE(msr(kOslsr, 0));
  EXPECT_EQ(mrs(kOslar), std::nullopt);
}

TEST_F(SysregTest, OsLockOfTheVmm) {
  EXPECT_EQ(set(kOslsr, 10), 0);
  EXPECT_EQ(set(kMdscr, kMde), 0);
  EXPECT_FALSE(trap_debug_switched());
  EXPECT_EQ(get(kMdscr), kMde);
  EXPECT_EQ(set(kOslsr, 8), 0);
  EXPECT_TRUE(trap_debug_switched());
  for (const u64 bad : {0, 2, 9, 0x18}) EXPECT_EQ(set(kOslsr, bad), -EINVAL);
}

// --- AArch32 at EL0 ------------------------------------------------------------

TEST_F(SysregTest, Coprocessors) {
  constexpr u64 kCp15 = 0x0fe00000, kCp15Pair = 0x13e00000, kCp14 = 0x17e00000;
  // opc2 19:17, opc1 16:14, CRn 13:10, Rt 9:5, CRm 4:1, read 0
  constexpr u64 kTval = 14 << 10 | 2 << 1, kCtl = kTval | 1 << 17;
  constexpr u64 kDscr = 1 << 1, kDtr = 5 << 1;
  const struct {
    const char* name;
    u64 esr;
    bool executed;
  } kTable[] = {
      {"mrc CNTP_CTL", kCp15 | kCtl | 1, true},
      {"mcr CNTP_CTL", kCp15 | kCtl, true},
      {"mrc CNTP_TVAL", kCp15 | kTval | 1, true},
      {"mrc with opc1 3", kCp15 | kCtl | 3 << 14 | 1, false},
      {"mrc SCTLR", kCp15 | 1 << 10 | 1, false},
      {"mrc PMCR", kCp15 | 9 << 10 | 12 << 1 | 1, false},
      {"mrrc CNTP_CVAL", kCp15Pair | 2 << 16 | 14 << 1 | 1, true},
      {"mcrr CNTP_CVAL", kCp15Pair | 2 << 16 | 14 << 1, true},
      {"mrrc CNTPCT", kCp15Pair | 14 << 1 | 1, true},
      {"mcrr CNTPCT", kCp15Pair | 14 << 1, false},
      {"mrrc CNTVCT", kCp15Pair | 1 << 16 | 14 << 1 | 1, false},
      {"mrc DBGDSCRint", kCp14 | kDscr | 1, true},
      {"mcr DBGDSCRint", kCp14 | kDscr, false},
      {"mrc DBGDTR", kCp14 | kDtr | 1, true},
      {"mcr DBGDTR", kCp14 | kDtr, true},
      {"mrc DBGDIDR", kCp14 | 1, false},
      {"ldc p14", 0x1be00000, false},
      {"mrrc p14", 0x33e00000, false},
      {"vmrs", 0x23e00000, false},
      {"never executed", 0x0f000000 | 1, true},  // EQ, and Z is clear
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    *trap_pc() = kPc;
    *trap_pstate() = 0x1d0;
    EXPECT_EQ(trap_exit(t.esr, 0), 1);
    EXPECT_EQ(*trap_pc(), t.executed ? kPc + 4 : 0x600);
  }
  *trap_pstate() = 0x1d0;
  *trap_x(2) = 0xffff'ffff'1111'1111;
  *trap_x(3) = 0x2222'2222;
  EXPECT_EQ(trap_exit(kCp15Pair | 2 << 16 | 3 << 10 | 2 << 5 | 14 << 1, 0), 1);
  EXPECT_EQ(trap_exit(kCp15Pair | 2 << 16 | 5 << 10 | 4 << 5 | 14 << 1 | 1, 0), 1);
  EXPECT_EQ(*trap_x(4), 0x1111'1111u);
  EXPECT_EQ(*trap_x(5), 0x2222'2222u);
}

// MRC of DBGDSCRint with Rt = 15 loads the flags. The syndrome then has 31 (DDI 0487, ISS of
// an MCR or MRC access); QEMU's has 15.
TEST_F(SysregTest, DebugStatusAsFlags) {
  constexpr u64 kReadDscr = 0x17e00000 | 1 << 1 | 1;
  for (const u64 rt : {15, 31}) {
    *trap_pstate() = 0xf00001d0;
    *trap_x(15) = 0x1515;
    EXPECT_EQ(trap_exit(kReadDscr | rt << 5, 0), 1);
    EXPECT_EQ(*trap_pstate(), 0x1d0u) << rt;
    EXPECT_EQ(*trap_x(15), 0x1515u);
  }
  *trap_pstate() = 0xf00001d0;
  *trap_x(14) = 0x1414;
  EXPECT_EQ(trap_exit(kReadDscr | 14 << 5, 0), 1);
  EXPECT_EQ(*trap_pstate(), 0xf00001d0u);
  EXPECT_EQ(*trap_x(14), 0u);
}

// --- ONE_REG -----------------------------------------------------------------

TEST_F(SysregTest, Reset) {
  EXPECT_EQ(get(kSctlr), 0x00c50078u);
  EXPECT_EQ(get(kMpidr), 0x80000000u);
  trap_select(1);
  EXPECT_EQ(get(kMpidr), 0x80000001u);
  EXPECT_EQ(get(kOslsr), 8u);
  EXPECT_EQ(set(kMpidr, 0x80000001), 0);
  EXPECT_EQ(set(kMpidr, 0x80000000), -EINVAL);
}

size_t SizeOf(u64 id) { return 1ull << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT); }

std::vector<u64> List() {
  std::vector<u64> list(1, 0);
  EXPECT_EQ(trap_reg_list(list.data()), -E2BIG);
  list.resize(1 + list[0]);
  EXPECT_EQ(trap_reg_list(list.data()), 0);
  list.erase(list.begin());
  return list;
}

// Everything in the list can be read, and what was read written back; no
// identifier appears twice; system registers ascend, which the look-up needs.
TEST_F(SysregTest, List) {
  const std::vector<u64> list = List();
  EXPECT_EQ(std::set<u64>(list.begin(), list.end()).size(), list.size());
  u64 last = 0;
  unsigned sysregs = 0;
  for (const u64 id : list) {
    SCOPED_TRACE(testing::Message() << std::hex << id);
    alignas(16) u8 value[16] = {};
    ASSERT_LE(SizeOf(id), sizeof(value));
    EXPECT_EQ(trap_reg_get(id, value), 0);
    EXPECT_EQ(trap_reg_set(id, value), 0);
    const bool timer = id == KVM_REG_ARM_TIMER_CTL || id == KVM_REG_ARM_TIMER_CNT ||
                       id == KVM_REG_ARM_TIMER_CVAL || id == KVM_REG_ARM_PTIMER_CTL ||
                       id == KVM_REG_ARM_PTIMER_CNT || id == KVM_REG_ARM_PTIMER_CVAL;
    if ((id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM64_SYSREG && !timer &&
        !hvk_idreg_is(id & 0xffff)) {
      EXPECT_GT(id, last);
      last = id;
      sysregs++;
    }
  }
  EXPECT_GE(sysregs, 64u + 25u);
}

TEST_F(SysregTest, CoreRegisters) {
  const struct {
    const char* name;
    u64 id;
    unsigned size;
  } kTable[] = {
      {"x0", kCore | KVM_REG_ARM_CORE_REG(regs.regs[0]), 8},
      {"x30", kCore | KVM_REG_ARM_CORE_REG(regs.regs[30]), 8},
      {"sp", kCore | KVM_REG_ARM_CORE_REG(regs.sp), 8},
      {"pc", kCore | KVM_REG_ARM_CORE_REG(regs.pc), 8},
      {"sp_el1", kCore | KVM_REG_ARM_CORE_REG(sp_el1), 8},
      {"elr_el1", kCore | KVM_REG_ARM_CORE_REG(elr_el1), 8},
      {"spsr_el1", kCore | KVM_REG_ARM_CORE_REG(spsr[0]), 8},
      {"spsr_fiq", kCore | KVM_REG_ARM_CORE_REG(spsr[4]), 8},
      {"v0",
       (kCore & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U128 | KVM_REG_ARM_CORE_REG(fp_regs.vregs[0]),
       16},
      {"v31",
       (kCore & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U128 | KVM_REG_ARM_CORE_REG(fp_regs.vregs[31]),
       16},
      {"fpsr", (kCore & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE_REG(fp_regs.fpsr),
       4},
      {"fpcr", (kCore & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE_REG(fp_regs.fpcr),
       4},
  };
  u8 seed = 1;
  for (const auto& t : kTable) {
    u8 value[16], back[16] = {};
    for (u8& byte : value) byte = seed++;
    ASSERT_EQ(trap_reg_set(t.id, value), 0) << t.name;
    ASSERT_EQ(trap_reg_get(t.id, back), 0) << t.name;
    EXPECT_EQ(memcmp(value, back, t.size), 0) << t.name;
  }
  // None of them lies on another.
  seed = 1;
  for (const auto& t : kTable) {
    u8 value[16], back[16] = {};
    for (u8& byte : value) byte = seed++;
    ASSERT_EQ(trap_reg_get(t.id, back), 0) << t.name;
    EXPECT_EQ(memcmp(value, back, t.size), 0) << t.name;
  }
}

// The VMM may offer less than the host has, to the VM as a whole, until a vCPU runs.
TEST_F(SysregTest, FewerFeatures) {
  constexpr u32 kIsar0 = Reg(3, 0, 0, 6, 0);
  const auto set = [](u64 value) { return trap_reg_set(Id(kIsar0), &value); };
  const auto get = [] {
    u64 value = 0;
    EXPECT_EQ(trap_reg_get(Id(kIsar0), &value), 0);
    return value;
  };
  trap_set_id(kIsar0, 0x11120);
  EXPECT_EQ(set(0x11110), 0);
  trap_select(1);
  EXPECT_EQ(get(), 0x11110u);
  EXPECT_EQ(set(0x11130), -EINVAL);
  EXPECT_EQ(set(0x11120), 0);
  EXPECT_EQ(set(0x01100), 0);
  trap_set_has_run();
  EXPECT_EQ(set(0x01100), 0);
  EXPECT_EQ(set(0), -EBUSY);
  EXPECT_EQ(set(~0ull), -EBUSY);
  EXPECT_EQ(get(), 0x01100u);
}

TEST_F(SysregTest, BadIdentifiers) {
  constexpr u64 kX0 = kCore, kCoreEnd = sizeof(kvm_regs) / 4;
  const struct {
    const char* name;
    u64 id;
    int error;
  } kTable[] = {
      {"zero", 0, -EINVAL},
      {"another architecture", KVM_REG_X86 | KVM_REG_SIZE_U64, -EINVAL},
      {"bits above", kX0 | 1ull << 48, -EINVAL},
      {"core: wrong size", (kX0 & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U32, -EINVAL},
      {"core: size of 32 KiB", kX0 | KVM_REG_SIZE_MASK, -ENOENT},
      {"core: second half", kX0 | 1, -EINVAL},
      {"core: within V0",
       (kX0 & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U128 |
           (KVM_REG_ARM_CORE_REG(fp_regs.vregs[0]) + 1),
       -EINVAL},
      {"core: reserved", kX0 | (kCoreEnd - 4), -EINVAL},
      {"core: behind the last", kX0 | kCoreEnd, -ENOENT},
      {"core: far behind", kX0 | 0xfff0, -ENOENT},
      {"core: nearly 64 KiB behind", kX0 | 0xffff, -ENOENT},
      {"sysreg: 32 bits", (Id(kSctlr) & ~KVM_REG_SIZE_MASK) | KVM_REG_SIZE_U32, -ENOENT},
      {"sysreg: trap without a value", Id(kOslar), -ENOENT},
      {"sysreg: does not exist", Id(Reg(3, 7, 15, 15, 7)), -ENOENT},
      {"sysreg: an instruction", Id(Reg(1, 0, 7, 6, 2)), -ENOENT},
      {"SVE", kId64 | KVM_REG_ARM64_SVE, -ENOENT},
      {"firmware: unknown", KVM_REG_ARM_FW_REG(99), -ENOENT},
      {"features: unknown", KVM_REG_ARM_FW_FEAT_BMAP_REG(9), -ENOENT},
      {"CCSIDR: beyond the last", KVM_REG_ARM64 | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX | 14,
       -ENOENT},
      {"CCSIDR: 64 bits", kId64 | KVM_REG_ARM_DEMUX | 0, -ENOENT},
      {"unknown coprocessor", kId64 | 0x7f << 16, -ENOENT},
  };
  for (const auto& t : kTable) {
    u8 value[16] = {};
    EXPECT_EQ(trap_reg_get(t.id, value), t.error) << t.name;
    EXPECT_EQ(trap_reg_set(t.id, value), t.error) << t.name;
  }
}

TEST_F(SysregTest, BadAddresses) {
  for (const u64 id : List()) {
    EXPECT_EQ(trap_reg_get(id, nullptr), -EFAULT) << std::hex << id;
    EXPECT_EQ(trap_reg_set(id, nullptr), -EFAULT) << std::hex << id;
  }
  EXPECT_EQ(trap_reg_list(reinterpret_cast<void*>(0x800)), -EFAULT);
}

TEST_F(SysregTest, Pstate) {
  constexpr u64 kPstate = kCore | KVM_REG_ARM_CORE_REG(regs.pstate);
  const struct {
    const char* name;
    u64 value;
    int error;
  } kTable[] = {
      {"EL0t", 0x0, 0},
      {"EL1t", 0x4, 0},
      {"EL1h", 0x3c5, 0},
      {"EL2t", 0x8, -EINVAL},
      {"EL2h", 0x9, -EINVAL},
      {"EL3h", 0xd, -EINVAL},
      {"EL0h", 0x1, -EINVAL},
      {"EL1, M[1]", 0x6, -EINVAL},
      {"A32 User", 0x10, 0},
      {"A32 Svc", 0x13, -EINVAL},
      {"A32 Hyp", 0x1a, -EINVAL},
      {"A32 Monitor", 0x16, -EINVAL},
      {"A32 System", 0x1f, -EINVAL},
  };
  for (const auto& t : kTable) {
    *trap_pstate() = 0x3c5;
    EXPECT_EQ(trap_reg_set(kPstate, &t.value), t.error) << t.name;
    EXPECT_EQ(*trap_pstate(), t.error ? 0x3c5 : t.value) << t.name;
  }
  trap_set_id(kPfr0, 0x1111);  // no AArch32
  const u64 user = 0x10;
  EXPECT_EQ(trap_reg_set(kPstate, &user), -EINVAL);
}

// In AArch32 the upper halves are gone, whichever register is set.
TEST_F(SysregTest, Aarch32Narrows) {
  constexpr u64 kPstate = kCore | KVM_REG_ARM_CORE_REG(regs.pstate);
  const u64 user = 0x10;
  for (unsigned i = 0; i < 31; i++) *trap_x(i) = ~0ull;
  *trap_pc() = ~0ull;
  ASSERT_EQ(trap_reg_set(kPstate, &user), 0);
  EXPECT_EQ(*trap_x(0), 0xffffffffu);
  EXPECT_EQ(*trap_x(14), 0xffffffffu);
  EXPECT_EQ(*trap_x(15), ~0ull);
  EXPECT_EQ(*trap_pc(), 0xffffffffu);
}

TEST_F(SysregTest, InvariantOnes) {
  const struct {
    const char* name;
    u32 enc;
    u64 value;
  } kTable[] = {{"MIDR", Reg(3, 0, 0, 0, 0), 0x410fd083},
                {"CLIDR", Reg(3, 1, 0, 0, 1), 0x0a200023},
                {"CTR", Reg(3, 3, 0, 0, 1), 0x8444c004},
                {"ID_AA64PFR0", kPfr0, 0x12}};
  for (const auto& t : kTable) {
    EXPECT_EQ(get(t.enc), t.value) << t.name;
    EXPECT_EQ(set(t.enc, t.value), 0) << t.name;
    EXPECT_EQ(set(t.enc, t.value + 1), -EINVAL) << t.name;
  }
}

TEST_F(SysregTest, CacheSizes) {
  constexpr u64 kCcsidr = KVM_REG_ARM64 | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX;
  // L1 data, L1 instruction, L2 unified
  const u32 kExpected[14] = {0x700fe000, 0x700fe001, 0x700fe002};
  for (unsigned i = 0; i < 14; i++) {
    u32 value = 0;
    ASSERT_EQ(trap_reg_get(kCcsidr | i, &value), 0);
    EXPECT_EQ(value, kExpected[i]) << i;
    value ^= 8;
    EXPECT_EQ(trap_reg_set(kCcsidr | i, &value), -EINVAL);
  }
}

TEST_F(SysregTest, TimersByTheirSwappedNames) {
  u64 value = 1000;
  ASSERT_EQ(trap_reg_set(KVM_REG_ARM_TIMER_CNT, &value), 0);
  value = 2000;
  ASSERT_EQ(trap_reg_set(KVM_REG_ARM_TIMER_CVAL, &value), 0);
  value = 0xff;
  ASSERT_EQ(trap_reg_set(KVM_REG_ARM_TIMER_CTL, &value), 0);
  ASSERT_EQ(trap_reg_get(KVM_REG_ARM_TIMER_CTL, &value), 0);
  EXPECT_EQ(value, 3u);
  value = 2000;
  ASSERT_EQ(trap_reg_set(KVM_REG_ARM_TIMER_CNT, &value), 0);
  ASSERT_EQ(trap_reg_get(KVM_REG_ARM_TIMER_CTL, &value), 0);
  EXPECT_EQ(value, 7u);
  ASSERT_EQ(trap_reg_get(KVM_REG_ARM_TIMER_CVAL, &value), 0);
  EXPECT_EQ(value, 2000u);
}

}  // namespace
}  // namespace hvk::test
