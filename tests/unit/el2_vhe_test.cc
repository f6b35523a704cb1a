// SPDX-License-Identifier: GPL-2.0-only
// The world switch where the host's kernel is at EL2 itself, on a recorded PE: what is the guest's
// and what is the kernel's, and in which order they change places.
#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kTge = 1 << 27, kE2h = u64{1} << 34, kRw = u64{1} << 31;
constexpr u64 kHostHcr = kE2h | kTge | kRw;
constexpr u64 kVttbr = 0x00fe'0000'8000'0000, kVtcr = 0x8002'3558;
constexpr u64 kKernelVectors = 0xffff'8000'0801'0800, kOurVectors = 0xffff'8000'7a00'1000;

class El2VheTest : public testing::Test {
 protected:
  El2VheTest() {
    pe_.ctx.cfg.vttbr = kVttbr;
    pe_.ctx.cfg.vtcr = kVtcr;
    pe_.cpu.vbar_guest = kOurVectors;
    pe_.reg["hcr_el2"] = kHostHcr;
    pe_.reg["vbar_el2"] = kKernelVectors;
    pe_.reg["vttbr_el2"] = 0;
  }
  void enter() {
    pe_.forget();
    ASSERT_EQ(pe_.enter(), 0u);
  }
  El2Pe pe_{El2Pe::Host::kEl2};
};

// Registers whose EL1 name means EL2's own to code at EL2 with E2H set.
const char* const kRedirected[] = {"sctlr", "cpacr", "ttbr0",      "ttbr1",  "tcr",   "esr",
                                   "far",   "afsr0", "afsr1",      "mair",   "amair", "vbar",
                                   "elr",   "spsr",  "contextidr", "cntkctl"};

// The guest has each of its registers in the one of EL1, and finds there what it left: right at the
// next entry, or after the vCPU was taken off the PE.
TEST_F(El2VheTest, EachRegisterIsItsOwn) {
  // Whether the kernel has a value there, too; or may change it; or leaves it alone, so that it
  // stays on the PE.
  enum Kind { kBoth, kPassing, kStays };
  const struct {
    const char* reg;
    hvk_sys sys;
    Kind kind;
  } kTable[] = {
      {"sctlr_el12", HVK_SYS_SCTLR_EL1, kStays},
      {"tcr_el12", HVK_SYS_TCR_EL1, kStays},
      {"ttbr0_el12", HVK_SYS_TTBR0_EL1, kStays},
      {"ttbr1_el12", HVK_SYS_TTBR1_EL1, kStays},
      {"mair_el12", HVK_SYS_MAIR_EL1, kStays},
      {"amair_el12", HVK_SYS_AMAIR_EL1, kStays},
      {"cpacr_el12", HVK_SYS_CPACR_EL1, kStays},
      {"cntkctl_el12", HVK_SYS_CNTKCTL_EL1, kStays},
      {"vbar_el12", HVK_SYS_VBAR_EL1, kStays},
      {"contextidr_el12", HVK_SYS_CONTEXTIDR_EL1, kStays},
      {"esr_el12", HVK_SYS_ESR_EL1, kStays},
      {"far_el12", HVK_SYS_FAR_EL1, kStays},
      {"afsr0_el12", HVK_SYS_AFSR0_EL1, kStays},
      {"afsr1_el12", HVK_SYS_AFSR1_EL1, kStays},
      {"elr_el12", HVK_SYS_ELR_EL1, kStays},
      {"spsr_el12", HVK_SYS_SPSR_EL1, kStays},
      {"sp_el1", HVK_SYS_SP_EL1, kStays},
      {"tpidr_el1", HVK_SYS_TPIDR_EL1, kStays},
      {"csselr_el1", HVK_SYS_CSSELR_EL1, kPassing},
      {"par_el1", HVK_SYS_PAR_EL1, kPassing},
      {"tpidr_el0", HVK_SYS_TPIDR_EL0, kBoth},
      {"tpidrro_el0", HVK_SYS_TPIDRRO_EL0, kBoth},
      {"sp_el0", HVK_SYS_SP_EL0, kBoth},
      {"mdscr_el1", HVK_SYS_MDSCR_EL1, kBoth},
  };
  for (const bool taken_off : {true, false}) {
    for (const auto& t : kTable) {
      pe_.reg[t.reg] = 0x10000 + t.sys;
      pe_.ctx.sys[t.sys] = 0x20000 + t.sys;
    }
    enter();
    for (const auto& t : kTable) {
      EXPECT_EQ(pe_.reg[t.reg], 0x20000u + t.sys) << t.reg;
      // Accesses of the guest to MDSCR_EL1 trap.
      if (t.sys != HVK_SYS_MDSCR_EL1) pe_.reg[t.reg] = 0x30000 + t.sys;
    }
    pe_.leave(HVK_EXIT_IRQ);
    EXPECT_EQ(pe_.ctx.sys[HVK_SYS_SCTLR_EL1], 0x30000u + HVK_SYS_SCTLR_EL1);
    EXPECT_NE(pe_.ctx.cfg.on_pe, 0u);
    if (taken_off) pe_.sync();
    for (const auto& t : kTable) {
      if (t.kind == kBoth) {
        EXPECT_EQ(pe_.reg[t.reg], 0x10000u + t.sys) << t.reg;
      }
      if (t.kind == kPassing || taken_off) pe_.reg[t.reg] = 0x40000;  // somebody else's
      u64 left = (t.sys == HVK_SYS_MDSCR_EL1 ? 0x20000u : 0x30000u) + t.sys;
      if (taken_off || t.kind != kStays) {
        EXPECT_EQ(pe_.ctx.sys[t.sys], left) << t.reg;
      }
    }
    enter();
    for (const auto& t : kTable) {
      u64 left = (t.sys == HVK_SYS_MDSCR_EL1 ? 0x20000u : 0x30000u) + t.sys;
      EXPECT_EQ(pe_.reg[t.reg], left) << t.reg;
    }
    pe_.leave(HVK_EXIT_IRQ);
    pe_.sync();
    EXPECT_EQ(pe_.ctx.cfg.on_pe, 0u);
    for (const char* name : kRedirected) {
      EXPECT_EQ(pe_.count("msr " + std::string(name) + "_el1"), 0u) << name;
    }
  }
}

// Both stages are the guest's before TGE is cleared (errata 1165522, 1530923), and TGE is set
// again before stage 2 changes.
TEST_F(El2VheTest, StagesAndTge) {
  enter();
  const auto hcr = [](const El2Pe::Event& e) { return e.what == "msr hcr_el2"; };
  const auto stage = [](const El2Pe::Event& e) {
    return e.what.ends_with("_el12") || e.what == "msr vttbr_el2" || e.what == "msr vtcr_el2";
  };
  size_t cleared = pe_.find(hcr);
  ASSERT_NE(cleared, El2Pe::npos);
  EXPECT_EQ(pe_.events()[cleared].value & (kTge | kE2h), kE2h);
  EXPECT_EQ(pe_.find(stage, cleared), El2Pe::npos) << "written too late";
  EXPECT_EQ(pe_.find(hcr, cleared + 1), El2Pe::npos);
  // They hold (ISB) before; and so do our vectors before SP_EL0 is not the kernel's thread.
  size_t held = cleared;
  while (held && pe_.events()[held].what != "isb") held--;
  EXPECT_EQ(pe_.find(stage, held), El2Pe::npos) << "no ISB in between";
  EXPECT_LT(pe_.find("msr vbar_el2"), held);
  EXPECT_GT(pe_.find("msr sp_el0"), held);

  pe_.forget();
  pe_.leave(HVK_EXIT_IRQ);
  size_t set = pe_.find(hcr);
  ASSERT_NE(set, El2Pe::npos);
  EXPECT_EQ(pe_.events()[set].value, kHostHcr);
  EXPECT_EQ(pe_.events()[set + 1].what, "isb");
  EXPECT_GT(pe_.find(stage), set + 1);
  EXPECT_EQ(pe_.reg["vttbr_el2"], 0u);
}

// What the kernel has in EL2's controls is read at each entry, as it may change, and is back
// after each exit.
TEST_F(El2VheTest, ControlsOfTheKernel) {
  constexpr u64 kCnthctl = 0xc03, kEl1pcten = 1 << 10, kEl1pten = 1 << 11;
  const struct {
    const char* reg;
    u64 host;
  } kTable[] = {
      {"hcr_el2", kHostHcr},  {"vbar_el2", kKernelVectors},
      {"cptr_el2", 0x310000}, {"mdcr_el2", 0x6},
      {"hstr_el2", 0},        {"cnthctl_el2", kCnthctl},
      {"mdscr_el1", 0x8000},  {"sp_el0", 0xffff'0000'1234'5678},
  };
  for (u64 round = 0; round < 3; round++) {
    for (const auto& t : kTable) pe_.reg[t.reg] = t.host ^ round << 32;
    pe_.ctx.cfg.flags = round == 1 ? HVK_CTX_F_PCT : 0;
    enter();
    EXPECT_EQ(pe_.reg["vbar_el2"], kOurVectors);
    EXPECT_EQ(pe_.reg["cnthctl_el2"] & (kEl1pcten | kEl1pten), round == 1 ? 0 : kEl1pcten);
    EXPECT_EQ(pe_.reg["cnthctl_el2"] & 0x3ff, kCnthctl & 0x3ff) << "the host's own EL0";
    if (round < 2) {
      pe_.leave(HVK_EXIT_SYNC);
    } else {
      pe_.abandon();
    }
    for (const auto& t : kTable) EXPECT_EQ(pe_.reg[t.reg], t.host ^ round << 32) << t.reg;
  }
}

// FP traps until the guest uses it. CPTR_EL2 is as CPACR_EL1 is.
TEST_F(El2VheTest, FirstUseOfFp) {
  constexpr u64 kFpen = 3 << 20, kZen = 3 << 16, kSmen = 3 << 24, kTta = 1 << 28;
  pe_.reg["cptr_el2"] = kFpen | kZen;
  enter();
  EXPECT_EQ(pe_.reg["cptr_el2"], kTta);
  pe_.ctx.exit.esr = u64{7} << 26;
  pe_.forget();
  EXPECT_EQ(pe_.leave(HVK_EXIT_SYNC), ~u64{0});
  EXPECT_EQ(pe_.reg["cptr_el2"] & (kFpen | kZen | kSmen), kFpen);
  size_t untrapped = pe_.find("msr cptr_el2");
  EXPECT_EQ(pe_.events()[untrapped + 1].what, "isb");
  EXPECT_LT(untrapped, pe_.find("fp save"));
  pe_.forget();
  pe_.leave(HVK_EXIT_IRQ);
  EXPECT_LT(pe_.find("fp load"), pe_.find("msr cptr_el2"));
  EXPECT_EQ(pe_.reg["cptr_el2"], kFpen | kZen);
}

// EL2's own timers are the kernel's; EL1's are the guest's and its deadline's.
TEST_F(El2VheTest, Timers) {
  pe_.ctx.sys[HVK_SYS_CNTV_CTL_EL0] = 1;
  pe_.ctx.sys[HVK_SYS_CNTV_CVAL_EL0] = 1000;
  pe_.ctx.sys[HVK_SYS_CNTP_CTL_EL0] = 1;
  pe_.ctx.sys[HVK_SYS_CNTP_CVAL_EL0] = 2000;
  pe_.ctx.cfg.cntpoff = 5;
  enter();
  EXPECT_EQ(pe_.reg["cntv_cval_el02"], 1000u);
  EXPECT_EQ(pe_.reg["cntv_ctl_el02"], 1u);
  EXPECT_EQ(pe_.reg["cntp_cval_el02"], 2005u);
  EXPECT_EQ(pe_.reg["cntp_ctl_el02"], 1u);
  pe_.leave(HVK_EXIT_IRQ);
  EXPECT_EQ(pe_.reg["cntv_ctl_el02"], 3u);
  EXPECT_EQ(pe_.reg["cntp_ctl_el02"], 0u);
  for (const auto& event : pe_.events()) {
    for (const char* kernels :
         {"cnthp_", "cnthv_", "cntv_ctl_el0", "cntv_cval_el0", "cntp_ctl_el0", "cntp_cval_el0"}) {
      EXPECT_NE(event.what, std::string("msr ") + kernels);
      EXPECT_FALSE(event.what.starts_with("msr cnth") && event.what != "msr cnthctl_el2")
          << event.what;
    }
  }
}

// A TLBI is EL1&0's only with TGE clear, and of the VM's VMID; all is as before at the end, what a
// loaded guest has in EL1's registers included.
TEST_F(El2VheTest, TlbMaintenance) {
  constexpr u64 kOther = 0x0003'0000'4000'0000, kOtherVtcr = 0x8000'1234;
  for (u64 call : {HVK_EL2_CALL_TLBI_IPA, HVK_EL2_CALL_TLBI_VMID, HVK_EL2_CALL_TLBI_LOCAL}) {
    for (u64 flags : {u64{0}, u64{HVK_EL2_F_SPEC_AT}}) {
      pe_.cpu.flags = flags;
      pe_.reg["vttbr_el2"] = kOther;
      pe_.reg["vtcr_el2"] = kOtherVtcr;
      pe_.reg["tcr_el12"] = 0x32b5503510;
      pe_.reg["sctlr_el12"] = 0x30d00800;
      pe_.forget();
      EXPECT_EQ(pe_.tlb(call, kVttbr, kVtcr, 0x4000'3000), u64{HVK_EL2_ANSWER});
      SCOPED_TRACE(pe_.translation());
      u64 hcr = kHostHcr, vttbr = kOther, tcr = 0x32b5503510, sctlr = 0x30d00800;
      bool synchronised = false;
      unsigned tlbis = 0;
      for (const auto& [what, value] : pe_.events()) {
        if (what.starts_with("msr ")) synchronised = false;
        if (what == "msr hcr_el2") hcr = value;
        if (what == "msr vttbr_el2") vttbr = value;
        if (what == "msr tcr_el12") tcr = value;
        if (what == "msr sctlr_el12") sctlr = value;
        if (what == "isb") synchronised = true;
        // Walks by a speculative AT: none may fill the TLB while stage 2 is another's.
        if (flags && vttbr != kOther) {
          EXPECT_EQ(tcr & 0x800080, 0x800080u) << what;
          EXPECT_EQ(sctlr & 1, 1u) << what;
        }
        if (!what.starts_with("tlbi")) continue;
        tlbis++;
        EXPECT_EQ(hcr, kHostHcr & ~kTge) << what;
        EXPECT_EQ(vttbr, kVttbr) << what;
        EXPECT_TRUE(synchronised) << what;
      }
      EXPECT_GT(tlbis, 0u);
      EXPECT_EQ(pe_.reg["hcr_el2"], kHostHcr);
      EXPECT_EQ(pe_.reg["vttbr_el2"], kOther);
      EXPECT_EQ(pe_.reg["vtcr_el2"], kOtherVtcr);
      EXPECT_EQ(pe_.reg["tcr_el12"], 0x32b5503510u);
      EXPECT_EQ(pe_.reg["sctlr_el12"], 0x30d00800u);
      EXPECT_EQ(pe_.events().back().what, "isb");
    }
  }
  // Where KVM may have left stage-2 entries of that VMID, these go as well.
  EXPECT_EQ(pe_.count("tlbi vmalls12e1"), 1u);
}

}  // namespace
}  // namespace hvk::test
