// SPDX-License-Identifier: GPL-2.0-only
// What traps of a guest on PEs beyond Armv8.0; the numbers are the Arm ARM's own.
#include <array>

#define __KERNEL__
extern "C" {
#include "kmod/el2/pe_traps.h"
}
#include "pe_traps_bench.h"

namespace hvk::test {
namespace {

struct Pe {
  u64 has = 0;
  std::array<u64, HVK_TRAP_NR> traps{};
};

Pe fill() {
  Pe pe;
  std::array<uint64_t, HVK_TRAP_NR> traps{};
  pe.has = pe_fill(traps.data());
  std::copy(traps.begin(), traps.end(), pe.traps.begin());
  return pe;
}

constexpr u64 Bit(unsigned n) { return u64{1} << n; }

TEST(PeTraps, NothingOnArmv8_0) {
  // A Cortex-A72: GIC system registers, PMUv3, 16-bit ASIDs, 44-bit PA.
  pe_set(HVK_PE_PFR0, 0x0100'2222, true);
  pe_set(HVK_PE_DFR0, 0x1030'5106, true);
  pe_set(HVK_PE_MMFR0, 0x1124, true);
  const Pe pe = fill();
  EXPECT_EQ(pe.has, 0u);
  for (const u64 bits : pe.traps) EXPECT_EQ(bits, 0u);
}

TEST(PeTraps, OneFeatureAtATime) {
  const struct {
    const char* name;
    unsigned id, lsb, value;
    u64 has;
    unsigned reg;
    u64 bits;
  } kTable[] = {
      {"RAS", HVK_PE_PFR0, 28, 1, HVK_EL2_HAS_RAS | HVK_EL2_HAS_TRAPS, HVK_TRAP_HCR,
       Bit(36) | Bit(37)},
      {"RASv1p1", HVK_PE_PFR0, 28, 2, HVK_EL2_HAS_RAS | HVK_EL2_HAS_TRAPS, HVK_TRAP_HCR,
       Bit(36) | Bit(37)},
      {"MTE without tags", HVK_PE_PFR1, 8, 1, 0, HVK_TRAP_HCR, 0},
      {"MTE2", HVK_PE_PFR1, 8, 2, HVK_EL2_HAS_TRAPS, HVK_TRAP_HCR, Bit(58)},
      {"SME", HVK_PE_PFR1, 24, 1, HVK_EL2_HAS_TRAPS, HVK_TRAP_HCR, Bit(16)},
      {"AMU", HVK_PE_PFR0, 44, 1, HVK_EL2_HAS_TRAPS, HVK_TRAP_CPTR, Bit(30)},
      {"TRF", HVK_PE_DFR0, 40, 1, HVK_EL2_HAS_TRAPS, HVK_TRAP_MDCR, Bit(19)},
      {"SPE", HVK_PE_DFR0, 32, 1, HVK_EL2_HAS_SPE | HVK_EL2_HAS_TRAPS, HVK_TRAP_MDCR, Bit(14)},
      {"SPE's ID register", HVK_PE_DFR0, 32, 3, HVK_EL2_HAS_SPE | HVK_EL2_HAS_TRAPS,
       HVK_TRAP_HDFGRTR, Bit(63)},
      {"TRBE's ID register", HVK_PE_DFR0, 44, 1, HVK_EL2_HAS_TRBE, HVK_TRAP_HDFGRTR, Bit(51)},
      {"FGT", HVK_PE_MMFR0, 56, 1, HVK_EL2_HAS_FGT | HVK_EL2_HAS_TRAPS, HVK_TRAP_MDCR, Bit(27)},
      {"FGT2", HVK_PE_MMFR0, 56, 2, HVK_EL2_HAS_FGT | HVK_EL2_HAS_FGT2 | HVK_EL2_HAS_TRAPS,
       HVK_TRAP_MDCR, Bit(27)},
      {"HCX", HVK_PE_MMFR1, 40, 1, HVK_EL2_HAS_HCX, HVK_TRAP_HCRX, 0},
      {"NMI", HVK_PE_PFR1, 36, 1, 0, HVK_TRAP_HCRX, Bit(6)},
      {"MPAM", HVK_PE_PFR0, 40, 1, HVK_EL2_HAS_MPAM, HVK_TRAP_MPAM2, Bit(48) | Bit(49) | Bit(58)},
      {"MPAM's ID register", HVK_PE_PFR0, 40, 1, HVK_EL2_HAS_MPAM, HVK_TRAP_MPAMHCR, Bit(31)},
      {"MPAMv0p1", HVK_PE_PFR1, 16, 1, HVK_EL2_HAS_MPAM, HVK_TRAP_MPAM2, Bit(48) | Bit(49)},
  };
  for (const auto& t : kTable) {
    pe_set(t.id, u64{t.value} << t.lsb, true);
    const Pe pe = fill();
    EXPECT_EQ(pe.has, t.has) << t.name;
    EXPECT_EQ(pe.traps[t.reg], t.bits) << t.name;
  }
}

// Firmware's or a hypervisor's own: EL2 must not touch it.
TEST(PeTraps, BuffersOfSomebodyElse) {
  pe_set(HVK_PE_DFR0, u64{1} << 32 | u64{1} << 44, false);
  const Pe pe = fill();
  EXPECT_EQ(pe.has, u64{HVK_EL2_HAS_TRAPS});
  EXPECT_EQ(pe.traps[HVK_TRAP_MDCR], Bit(14));
}

// What the table asks for EL2 grants, and what it says is clear EL2 never sets.
TEST(PeTraps, TableAndEl2Agree) {
  u64 asked[HVK_TRAP_NR] = {};
  ASSERT_NE(pe_trap(0), nullptr);
  for (unsigned i = 0; pe_trap(i); i++) {
    const hvk_pe_trap& t = *pe_trap(i);
    ASSERT_LT(t.reg, HVK_TRAP_NR) << t.what;
    EXPECT_NE(t.bits, 0u) << t.what;
    if (t.kind == HVK_TRAP_SET) {
      EXPECT_EQ(t.bits & ~el2_whitelist(t.reg), 0u) << t.what;
      EXPECT_EQ(t.bits & el2_constant(t.reg), 0u) << t.what;
      asked[t.reg] |= t.bits;
    } else {
      EXPECT_EQ(t.bits & (el2_constant(t.reg) | el2_whitelist(t.reg)), 0u) << t.what;
    }
  }
  for (unsigned reg = 0; reg < HVK_TRAP_NR; reg++)
    EXPECT_EQ(asked[reg], el2_whitelist(reg)) << "register " << reg;
}

// The debug registers: whatever a guest does, they trap (TDA, TDOSA, TDRA).
TEST(PeTraps, DebugRegistersAlwaysTrap) {
  constexpr u64 kAll = Bit(9) | Bit(10) | Bit(11);
  EXPECT_EQ(el2_constant(HVK_TRAP_MDCR) & kAll, kAll);
}

}  // namespace
}  // namespace hvk::test
