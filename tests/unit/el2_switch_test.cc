// SPDX-License-Identifier: GPL-2.0-only
// The world switch on a recorded PE: in which order host and guest change places.
#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kVttbr = 0x0007'0000'8000'0000, kHostVttbr = 0x1000;

class El2SwitchTest : public testing::Test {
 protected:
  El2SwitchTest() {
    pe_.ctx.cfg.vttbr = kVttbr;
    pe_.cpu.saved.vttbr = kHostVttbr;
  }
  void enter() {
    pe_.forget();
    ASSERT_EQ(pe_.enter(), 0u);
  }
  El2Pe pe_;
};

// A walk that the host started may still be under way at EL2: it ends (DSB) before a
// register that it uses changes (DDI 0487 D8.1.5, R_LFHQG). Where an exit begins,
// entry.S has such a DSB; after a fault of EL2 there was none.
TEST_F(El2SwitchTest, WalksEndBeforeTheirRegistersChange) {
  const struct {
    const char* name;
    u64 flags;
    bool abandon;
  } kTable[] = {
      {"into the guest", 0, false},
      {"into the guest, speculative AT", HVK_EL2_F_SPEC_AT, false},
      {"a fault of EL2 with the guest loaded", 0, true},
      {"the same, speculative AT", HVK_EL2_F_SPEC_AT, true},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    pe_.cpu.flags = t.flags;
    enter();
    if (t.abandon) {
      pe_.forget();
      pe_.abandon();
    }
    SCOPED_TRACE(pe_.translation());
    size_t change = pe_.find(translates);
    ASSERT_NE(change, El2Pe::npos);
    EXPECT_LT(pe_.find("dsb nsh"), change);
  }
}

// The guest finds in each register what it left there; so does the host, but for those in
// which its kernel has nothing while it calls EL2. Registers move in pairs, by their numbers.
TEST_F(El2SwitchTest, EachRegisterIsItsOwn) {
  const struct {
    const char* reg;
    hvk_sys sys;
    bool host;
  } kTable[] = {
      {"sctlr_el1", HVK_SYS_SCTLR_EL1, true},     {"tcr_el1", HVK_SYS_TCR_EL1, true},
      {"ttbr0_el1", HVK_SYS_TTBR0_EL1, true},     {"ttbr1_el1", HVK_SYS_TTBR1_EL1, true},
      {"mair_el1", HVK_SYS_MAIR_EL1, true},       {"amair_el1", HVK_SYS_AMAIR_EL1, true},
      {"cpacr_el1", HVK_SYS_CPACR_EL1, true},     {"cntkctl_el1", HVK_SYS_CNTKCTL_EL1, true},
      {"vbar_el1", HVK_SYS_VBAR_EL1, true},       {"contextidr_el1", HVK_SYS_CONTEXTIDR_EL1, true},
      {"tpidr_el1", HVK_SYS_TPIDR_EL1, true},     {"tpidr_el0", HVK_SYS_TPIDR_EL0, true},
      {"tpidrro_el0", HVK_SYS_TPIDRRO_EL0, true}, {"sp_el0", HVK_SYS_SP_EL0, true},
      {"sp_el1", HVK_SYS_SP_EL1, true},           {"mdscr_el1", HVK_SYS_MDSCR_EL1, true},
      {"csselr_el1", HVK_SYS_CSSELR_EL1, false},  {"par_el1", HVK_SYS_PAR_EL1, false},
      {"esr_el1", HVK_SYS_ESR_EL1, false},        {"far_el1", HVK_SYS_FAR_EL1, false},
      {"afsr0_el1", HVK_SYS_AFSR0_EL1, false},    {"afsr1_el1", HVK_SYS_AFSR1_EL1, false},
      {"elr_el1", HVK_SYS_ELR_EL1, false},        {"spsr_el1", HVK_SYS_SPSR_EL1, false},
  };
  for (const u64 flags : {0, HVK_EL2_F_SPEC_AT}) {
    pe_.cpu.flags = flags;
    for (const auto& t : kTable) {
      pe_.reg[t.reg] = 0x10000 + t.sys;
      pe_.ctx.sys[t.sys] = 0x20000 + t.sys;
    }
    enter();
    for (const auto& t : kTable) {
      EXPECT_EQ(pe_.reg[t.reg], 0x20000u + t.sys) << t.reg;
      // Accesses of the guest to MDSCR_EL1 trap: EL1 changes it in the context.
      if (t.sys != HVK_SYS_MDSCR_EL1) pe_.reg[t.reg] = 0x30000 + t.sys;
    }
    pe_.leave(HVK_EXIT_IRQ);
    for (const auto& t : kTable) {
      EXPECT_EQ(pe_.ctx.sys[t.sys], (t.sys == HVK_SYS_MDSCR_EL1 ? 0x20000u : 0x30000u) + t.sys)
          << t.reg;
      EXPECT_EQ(pe_.reg[t.reg], (t.host ? 0x10000u : 0x30000u) + t.sys) << t.reg;
    }
  }
}

// PMU accesses of a guest's EL0 come to EL2, past its EL1; the host has its own again. A PE
// without FEAT_PMUv3 has no such registers.
TEST_F(El2SwitchTest, Pmu) {
  constexpr u64 kHost = 0x5;
  pe_.reg["pmuserenr_el0"] = kHost;
  pe_.reg["pmselr_el0"] = 31;
  enter();
  EXPECT_EQ(pe_.leave(HVK_EXIT_IRQ), u64{HVK_EL2_EXIT_BASE + HVK_EXIT_IRQ});
  EXPECT_EQ(pe_.count("msr pmuserenr_el0") + pe_.count("msr pmselr_el0"), 0u);

  pe_.cpu.flags = HVK_EL2_F_PMU;
  enter();
  EXPECT_EQ(pe_.reg["pmuserenr_el0"], 1u);
  EXPECT_EQ(pe_.reg["pmselr_el0"], 0u);
  pe_.leave(HVK_EXIT_IRQ);
  EXPECT_EQ(pe_.reg["pmuserenr_el0"], kHost);
}

// Where HPFAR_EL2 does not count, the guest's stage 1 is asked: its PAR_EL1 stays as it was.
TEST_F(El2SwitchTest, IpaOfAnAbort) {
  constexpr u64 kHpfar = 0x111110, kFound = 0x4567'8000;
  constexpr u64 kDabt = 0x24ull << 26, kS1ptw = 1 << 7, kTranslation = 7, kPermission = 15;
  const struct {
    const char* name;
    u64 flags, esr, par, expected;  // expected HPFAR; 0: back to the guest
  } kTable[] = {
      {"translation fault", 0, kDabt | kTranslation, kFound, kHpfar},
      {"permission fault", 0, kDabt | kPermission, kFound, kFound >> 8},
      {"permission fault, translation gone", 0, kDabt | kPermission, 1, 0},
      {"permission fault on a walk", 0, kDabt | kPermission | kS1ptw, kFound, kHpfar},
      {"834220: translation fault", HVK_EL2_F_834220, kDabt | kTranslation, kFound, kFound >> 8},
      {"834220: it is stage 1's", HVK_EL2_F_834220, kDabt | kTranslation, 1, 0},
      {"834220: on a walk", HVK_EL2_F_834220, kDabt | kTranslation | kS1ptw, kFound, kHpfar},
      {"834220: no abort", HVK_EL2_F_834220, 0x16ull << 26, kFound, kHpfar},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    pe_.cpu.flags = t.flags;
    enter();
    pe_.reg["par_el1"] = 0x5a5a;
    pe_.par_after_at = t.par;
    pe_.ctx.exit.esr = t.esr;
    pe_.ctx.exit.hpfar = kHpfar;
    u64 answer = pe_.leave(HVK_EXIT_SYNC);
    if (t.expected) {
      EXPECT_EQ(answer, u64{HVK_EL2_EXIT_BASE + HVK_EXIT_SYNC});
      EXPECT_EQ(pe_.ctx.exit.hpfar, t.expected);
      EXPECT_EQ(pe_.ctx.sys[HVK_SYS_PAR_EL1], 0x5a5au);
    } else {
      EXPECT_EQ(answer, ~u64{0});
      EXPECT_EQ(pe_.reg["par_el1"], 0x5a5au);
      pe_.abandon();
    }
  }
}

}  // namespace
}  // namespace hvk::test
