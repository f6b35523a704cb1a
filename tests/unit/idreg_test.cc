// SPDX-License-Identifier: GPL-2.0-only
// ID registers as guests see them.
extern "C" {
#include "kmod/base/idreg.h"
}

namespace hvk::test {
namespace {

constexpr u32 Id(unsigned crm, unsigned op2) { return HVK_SYSREG(3, 0, 0, crm, op2); }

TEST(IdReg, Limits) {
  const struct {
    const char* name;
    u32 enc;
    u64 host, guest;
  } kTable[] = {
      // A Cortex-A72 r0p3 (its TRM, 4.3) with a GIC that has system registers.
      {"A72 PFR0: no GIC, EL2 and EL3", Id(4, 0), 0x0000'0000'0100'2222, 0x0000'0000'0000'0012},
      {"A72 DFR0: no PMU", Id(5, 0), 0x0000'0000'1030'5106, 0x0000'00f0'1030'5006},
      {"A72 ISAR0", Id(6, 0), 0x0000'0000'0001'1120, 0x0000'0000'0001'1120},
      {"A72 MMFR0", Id(7, 0), 0x0000'0000'0000'1124, 0x0000'0000'0000'1124},
      {"A72 PFR1", Id(4, 1), 0, 0},
      {"A72 MMFR1", Id(7, 1), 0, 0},

      {"no FP, no SIMD", Id(4, 0), 0x0000'0000'00ff'0011, 0x0000'0000'00ff'0011},
      {"FP16", Id(4, 0), 0x0000'0000'0011'0011, 0x0000'0000'0011'0011},
      {"SVE, RAS, AMU, MPAM, SEL2", Id(4, 0), 0x0000'1111'1100'1111, 0x11},
      {"CSV2_2 becomes CSV2, DIT stays", Id(4, 0), 0x1201'0000'0000'0011, 0x1101'0000'0000'0011},
      {"everything of PFR1 hidden", Id(4, 1), ~0ull, 0},
      {"later debug is v8.0's", Id(5, 0), 0x0000'000f'f0f0'f00a, 0x0000'00f0'f0f0'f006},
      {"all of ISAR0", Id(6, 0), 0x1221'1111'1021'2120, 0x1221'1111'1021'2120},
      {"TME hidden", Id(6, 0), 0x0000'0000'0100'0000, 0},
      {"pointer authentication hidden", Id(6, 1), 0x0000'0000'1100'0ff0, 0},
      {"WFxT, MOPS hidden, CLRBHB stays", Id(6, 2), 0x0000'0000'1001'0002, 0x1000'0000},
      {"52-bit PA is 48", Id(7, 0), 6, 5},
      {"LPA2 hidden", Id(7, 0), 0x0000'0000'1020'0000, 0x0000'0000'0010'0000},
      {"granules that are not there", Id(7, 0), 0x0000'0000'ff00'0000, 0x0000'0000'ff00'0000},
      {"ECV, FGT, stage-2 granules hidden", Id(7, 0), 0x1110'0222'0000'0000, 0},
      {"VHE, VMIDs, XNX, LOR, TWED hidden", Id(7, 1), 0x0000'0001'1001'0f20, 0},
      {"PAN, HAFDBS, HPDS", Id(7, 1), 0x0000'0000'0030'2002, 0x0000'0000'0020'2002},
      {"52-bit VA, NV, FWB, EVT hidden", Id(7, 2), 0x0200'0100'1101'0000, 0},
      {"MMFR3", Id(7, 3), ~0ull, 0},
      {"ZFR0", Id(4, 4), ~0ull, 0},
      {"SMFR0", Id(4, 5), ~0ull, 0},
      {"DFR1", Id(5, 1), ~0ull, 0},
      {"AFR0", Id(5, 4), ~0ull, 0},
      {"not allocated", Id(4, 7), ~0ull, 0},

      {"A72 ID_PFR0", Id(1, 0), 0x0000'0131, 0x0000'0131},
      {"A72 ID_PFR1: generic timer alone", Id(1, 1), 0x0001'1011, 0x0001'0001},
      {"A72 ID_DFR0: no PMU, no trace", Id(1, 2), 0x0301'0066, 0x0000'0066},
      {"ID_AFR0", Id(1, 3), ~0ull, 0},
      {"ID_MMFR0", Id(1, 4), 0x1020'1105, 0x1020'1105},
      {"ID_ISAR5", Id(2, 5), 0x0001'1121, 0x0001'1121},
      {"MVFR1", Id(3, 1), 0x1211'1111, 0x1211'1111},
      {"32-bit registers have 32 bits", Id(2, 0), ~0ull, 0xffff'ffff},
      {"ID_DFR1", Id(3, 5), ~0ull, 0},
  };
  for (const auto& t : kTable) {
    EXPECT_EQ(hvk_idreg_limit(t.enc, t.host, true), t.guest) << t.name;
  }
}

TEST(IdReg, NoAarch32NoAarch32Registers) {
  for (u32 enc = Id(1, 0); enc <= Id(3, 7); enc++)
    EXPECT_EQ(hvk_idreg_limit(enc, ~0ull, false), 0u);
  // EL0 without AArch32
  EXPECT_EQ(hvk_idreg_limit(Id(4, 0), 0x1111, false), 0x11u);
}

// A limit never adds: limiting twice is limiting once, and unknown registers
// read as zero.
TEST(IdReg, Stable) {
  for (u32 enc = HVK_IDREG_FIRST; enc <= static_cast<u32>(HVK_IDREG_LAST); enc++) {
    for (u64 host : {0ull, ~0ull, 0x1111'1111'1111'1111ull, 0x2222'2222'2222'2222ull}) {
      const u64 once = hvk_idreg_limit(enc, host, true);
      EXPECT_EQ(hvk_idreg_limit(enc, once, true), once) << enc;
      if (!hvk_idreg_known(enc)) {
        EXPECT_EQ(once, 0u) << enc;
      }
    }
  }
}

// What a VMM may choose below that.
TEST(IdReg, Within) {
  const struct {
    const char* name;
    u32 enc;
    u64 limit, val;
    bool within;
  } kTable[] = {
      {"the same", Id(6, 0), 0x11120, 0x11120, true},
      {"less of one", Id(6, 0), 0x11120, 0x11110, true},
      {"nothing", Id(6, 0), 0x11120, 0, true},
      {"more of one", Id(6, 0), 0x11120, 0x21120, false},
      {"one that is not there", Id(6, 0), 0x11120, 0x111120, false},
      {"one that is hidden", Id(6, 0), 0x11120, 0x1011120, false},
      {"less CSV2", Id(4, 0), 0x0100'0000'0000'0012, 0x12, true},
      {"EL0 without AArch32", Id(4, 0), 0x12, 0x11, false},
      {"EL1 with AArch32", Id(4, 0), 0x12, 0x22, false},
      {"no FP", Id(4, 0), 0x12, 0x0ff0012, false},
      {"fewer breakpoints", Id(5, 0), 0xf0'1030'5006, 0xf0'1030'3006, true},
      {"older debug", Id(5, 0), 0xf0'1030'5006, 0xf0'1030'5005, false},
      {"no 64 KiB granule", Id(7, 0), 0x1124, 0x0f00'1124, true},
      {"no 4 KiB granule", Id(7, 0), 0x1124, 0xf000'1124, true},
      {"a granule that is not there", Id(7, 0), 0x0f00'1124, 0x1124, false},
      {"ASIDs of 8 bits", Id(7, 0), 0x1124, 0x1104, false},
      {"less memory", Id(7, 0), 0x1124, 0x1120, true},
      {"AArch32: less", Id(3, 0), 0x1011'0222, 0x1010'0022, true},
      {"AArch32: more", Id(3, 0), 0x1011'0222, 0x1011'0223, false},
      {"AArch32: hidden", Id(1, 2), 0x66, 0x0300'0066, false},
      {"not allocated", Id(4, 7), 0, 0, true},
      {"not allocated, not 0", Id(4, 7), 0, 1, false},
  };
  for (const auto& t : kTable) {
    EXPECT_EQ(hvk_idreg_within(t.enc, t.limit, t.val), t.within) << t.name;
  }
}

// Bits outside the mask cannot change; each bit inside it can be cleared where it is the field's
// only one.
TEST(IdReg, Mask) {
  for (u32 enc = HVK_IDREG_FIRST; enc <= static_cast<u32>(HVK_IDREG_LAST); enc++) {
    const u64 most = hvk_idreg_limit(enc, 0x1111'1111'1111'1111, true);
    for (unsigned lsb = 0; lsb < 64; lsb += 4) {
      const u64 field = 0xfull << lsb;
      if ((most & field) == 0) continue;
      EXPECT_EQ(hvk_idreg_within(enc, most, most & ~field), (hvk_idreg_mask(enc) & field) == field)
          << enc << " " << lsb;
    }
  }
}

TEST(IdReg, Range) {
  EXPECT_FALSE(hvk_idreg_is(HVK_SYSREG(3, 0, 0, 0, 7)));
  EXPECT_TRUE(hvk_idreg_is(HVK_SYSREG(3, 0, 0, 1, 0)));
  EXPECT_TRUE(hvk_idreg_is(HVK_SYSREG(3, 0, 0, 7, 7)));
  EXPECT_FALSE(hvk_idreg_is(HVK_SYSREG(3, 0, 0, 8, 0)));
  EXPECT_FALSE(hvk_idreg_is(HVK_SYSREG(3, 1, 0, 1, 0)));
  EXPECT_FALSE(hvk_idreg_is(HVK_SYSREG(2, 0, 0, 1, 0)));
  EXPECT_EQ(HVK_NR_IDREGS, 56);
}

}  // namespace
}  // namespace hvk::test
