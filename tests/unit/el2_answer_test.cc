// SPDX-License-Identifier: GPL-2.0-only
// What EL2 answers to a guest by itself, and what it leaves to EL1.
#include "el2_pe.h"
#include "trap_bench.h"

namespace hvk::test {
namespace {

constexpr u64 kHvc = 0x16ull << 26, kSmc = 0x17ull << 26, kSys = 0x18ull << 26;
constexpr u64 kWfi = 0x01ull << 26, kAbort = 0x24ull << 26;
constexpr u64 kEl1h = 5, kEl0 = 0, kStep = 1 << 21, kBtype = 3 << 10;
// KVM_REG_ARM_PSCI_VERSION, KVM_ARM_VCPU_PSCI_0_2; HVK_MITIG_*: their headers define u64 otherwise.
constexpr u64 kPsciVersion = 0x6030'0000'0014'0000, kPsci02 = 1 << 2;
constexpr u64 kV2Firmware = 1 << 0, kBhbLoop = 1 << 2, kV2Missing = 1 << 3, kV4Open = 1 << 6;
constexpr u64 kNotSupported = ~0ull, kPc = 0x4000'1000;

// ISS of an MRS (read) or MSR (DDI 0487 D17.2.37).
constexpr u64 sys(u64 op0, u64 op1, u64 crn, u64 crm, u64 op2, u64 rt, bool read = true) {
  return kSys | op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | read;
}

class El2AnswerTest : public testing::Test {
 protected:
  El2AnswerTest() {
    for (unsigned i = 0; i < HVK_FAST_IDREGS; ++i) vm_.idreg[i] = 0x1000 + i;
    vm_.workaround[0] = 1;
    vm_.workaround[1] = u64(-2);
    vm_.flags = HVK_FAST_CALLS;
    vm_.psci_version = 0x10001;
    vm_.psci_features[0] = 1u << 0 | 1u << 6 | 1u << 10;
    vm_.psci_features[1] = 1u << 3;
    pe_.ctx.fast.vm = reinterpret_cast<u64>(&vm_);
  }

  // As a trap with this syndrome begins.
  void trap(u64 esr, u64 spsr = kEl1h) {
    pe_.forget();
    pe_.reg["esr_el2"] = esr;
    pe_.reg["elr_el2"] = kPc;
    pe_.reg["spsr_el2"] = spsr;
    for (unsigned i = 0; i < 31; ++i) pe_.ctx.x[i] = 0xa000 + i;
  }

  struct hvk_el2_vm vm_ = {};
  El2Pe pe_;
};

TEST_F(El2AnswerTest, Calls) {
  const struct {
    const char* name;
    u64 fn, x1;
    bool answered;
    u64 x0;
  } kTable[] = {
      {"SMCCC_VERSION", 0x80000000, 0, true, 0x10001},
      {"upper half of x0 is ignored", 0xffff'ffff'8000'0000, 0, true, 0x10001},
      {"features of features", 0x80000001, 0x80000001, true, 0},
      {"features of workaround 1", 0x80000001, 0x80008000, true, 1},
      {"features of workaround 2", 0x80000001, 0x80007fff, true, u64(-2)},
      {"features of workaround 3", 0x80000001, 0x80003fff, true, 0},
      {"features of something else", 0x80000001, 0x80000002, true, kNotSupported},
      {"upper half of x1 is ignored", 0x80000001, 0xffff'ffff'8000'8000, true, 1},
      {"workaround 1, which an exit does", 0x80008000, 0, false, 0},
      {"workaround 3", 0x80003fff, 0, false, 0},
      {"an unknown call of the architecture", 0x80001234, 0, true, kNotSupported},
      {"PSCI_VERSION", 0x84000000, 0, true, 0x10001},
      {"MIGRATE_INFO_TYPE", 0x84000006, 0, true, 2},
      {"PSCI_FEATURES, known", 0x8400000a, 0x84000006, true, 0},
      {"PSCI_FEATURES, known with 64 bits", 0x8400000a, 0xc4000003, true, 0},
      {"PSCI_FEATURES, unknown with 32 bits", 0x8400000a, 0x84000003, true, kNotSupported},
      {"PSCI_FEATURES, of SMCCC_VERSION", 0x8400000a, 0x80000000, true, 0},
      {"PSCI_FEATURES, bit 32", 0x8400000a, 0x84000020, true, kNotSupported},
      {"PSCI_FEATURES, far away", 0x8400000a, 0x10, true, kNotSupported},
      {"CPU_ON", 0xc4000003, 0, false, 0},
      {"SYSTEM_OFF", 0x84000008, 0, false, 0},
      {"CPU_ON of PSCI 0.1", 0x95c1ba60, 0, false, 0},
      {"hvk's own", 0xc6000040, 0, false, 0},
      {"hvk's UID", 0x8600ff01, 0, false, 0},
      {"hvk's last", 0xc600007f, 0, false, 0},
      {"behind hvk's", 0xc6000080, 0, true, kNotSupported},
      {"the hypervisor vendor's, fast calls of 32 bits", 0x86000040, 0, true, kNotSupported},
      {"TRNG", 0x84000050, 0, false, 0},
      {"nobody's", 0x4b000000, 0, true, kNotSupported},
      {"nobody's, zero", 0, 0, true, kNotSupported},
  };
  for (const auto& t : kTable) {
    for (const u64 ec : {kHvc, kSmc}) {
      SCOPED_TRACE(std::string(t.name) + (ec == kHvc ? ", HVC" : ", SMC"));
      trap(ec);
      const u64 count = pe_.ctx.fast.count;
      pe_.ctx.x[0] = t.fn;
      pe_.ctx.x[1] = t.x1;
      EXPECT_EQ(pe_.answer(), t.answered);
      EXPECT_EQ(pe_.ctx.x[0], t.answered ? t.x0 : t.fn);
      EXPECT_EQ(pe_.ctx.x[1], t.x1);
      // An HVC's ELR_EL2 is behind it already.
      EXPECT_EQ(pe_.reg["elr_el2"], kPc + (t.answered && ec == kSmc ? 4 : 0));
      EXPECT_EQ(pe_.ctx.fast.count, count + t.answered);
    }
  }
}

// Without FEATURES (PSCI 0.2) there is no such call; EL1 says so.
TEST_F(El2AnswerTest, PsciWithoutFeatures) {
  vm_.psci_features[0] = 1;
  trap(kHvc);
  pe_.ctx.x[0] = 0x8400000a;
  EXPECT_FALSE(pe_.answer());
}

TEST_F(El2AnswerTest, IdRegisters) {
  const struct {
    const char* name;
    u64 esr, spsr;
    unsigned index;  // of idreg[]; 0: not answered
  } kTable[] = {
      {"ID_PFR0_EL1", sys(3, 0, 0, 1, 0, 0), kEl1h, 8},
      {"ID_AA64PFR0_EL1", sys(3, 0, 0, 4, 0, 3), kEl1h, 32},
      {"the last", sys(3, 0, 0, 7, 7, 30), kEl1h, 63},
      {"to XZR", sys(3, 0, 0, 7, 0, 31), kEl1h, 56},
      {"a write", sys(3, 0, 0, 4, 0, 0, false), kEl1h, 0},
      {"MPIDR_EL1", sys(3, 0, 0, 0, 5, 0), kEl1h, 0},
      {"beyond", sys(3, 0, 0, 8, 0, 0), kEl1h, 0},
      {"at EL0", sys(3, 0, 0, 4, 0, 0), kEl0, 0},
      {"another CRn", sys(3, 0, 1, 4, 0, 0), kEl1h, 0},
      {"another op1", sys(3, 1, 0, 4, 0, 0), kEl1h, 0},
      {"another op0", sys(2, 0, 0, 4, 0, 0), kEl1h, 0},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap(t.esr, t.spsr);
    EXPECT_EQ(pe_.answer(), t.index != 0);
    EXPECT_EQ(pe_.reg["elr_el2"], kPc + (t.index ? 4 : 0));
    for (unsigned i = 0; i < 31; ++i)
      EXPECT_EQ(pe_.ctx.x[i], t.index && i == (t.esr >> 5 & 31) ? vm_.idreg[t.index] : 0xa000 + i);
    EXPECT_EQ(pe_.ctx.pc, 0u) << "the register behind x30";
  }
}

// A skipped instruction was executed: its step is taken, and no branch came before the next.
TEST_F(El2AnswerTest, SkipsAsTheInstructionWould) {
  for (const u64 esr : {sys(3, 0, 0, 4, 0, 0), kSmc}) {
    trap(esr, kEl1h | kStep | kBtype);
    EXPECT_TRUE(pe_.answer());
    EXPECT_EQ(pe_.reg["spsr_el2"], kEl1h);
  }
}

// Of all that EL2 answers, EL1's own code says the same.
TEST_F(El2AnswerTest, AsEl1) {
  for (const u64 mitigations : {u64{0}, kV2Firmware | kBhbLoop, kV2Missing | kV4Open}) {
    for (const u32 version : {0x2u, 0x10000u, 0x10001u}) {
      trap_new(1, kPsci02);
      trap_set_mitigations(mitigations);
      struct hvk_el2_ctx* ctx = trap_first_run();
      // The VMM may choose later, too.
      const u64 value = version;
      ASSERT_EQ(trap_reg_set(kPsciVersion, &value), 0);
      unsigned answered = 0;
      const auto both = [&](u64 esr, u64 x0, u64 x1) {
        pe_.reg["esr_el2"] = esr;
        pe_.reg["elr_el2"] = kPc;
        pe_.reg["spsr_el2"] = kEl1h;
        pe_.ctx.fast.vm = ctx->fast.vm;
        for (unsigned i = 0; i < 31; ++i) pe_.ctx.x[i] = ctx->x[i] = 0xa000 + i;
        pe_.ctx.x[0] = ctx->x[0] = x0;
        pe_.ctx.x[1] = ctx->x[1] = x1;
        ctx->pc = kPc;
        if (!pe_.answer()) return;
        ++answered;
        EXPECT_EQ(trap_exit(esr, 0), 1);
        for (unsigned i = 0; i < 31; ++i) EXPECT_EQ(pe_.ctx.x[i], ctx->x[i]) << "x" << i;
        EXPECT_EQ(pe_.reg["elr_el2"], ctx->pc);
      };
      for (const u64 base :
           {0x00000000u, 0x80000000u, 0x80003ff0u, 0x80007ff0u, 0x80008000u, 0x84000000u,
            0x84000040u, 0x95c1ba50u, 0xc4000000u, 0xc6000030u, 0x4b000000u}) {
        for (u64 fn = base; fn < base + 0x30; ++fn) {
          SCOPED_TRACE(fn);
          for (const u64 features : {0x80000001, 0x8400000a}) both(kHvc, features, fn);
          both(kSmc, fn, 0);
        }
      }
      for (u64 crm = 0; crm < 16; ++crm) {
        for (u64 op2 = 0; op2 < 8; ++op2) {
          SCOPED_TRACE(crm * 8 + op2);
          both(sys(3, 0, 0, crm, op2, 5), 0, 0);
        }
      }
      EXPECT_GT(answered, 56u);
      trap_delete();
    }
  }
}

TEST_F(El2AnswerTest, LeavesToEl1) {
  const struct {
    const char* name;
    u64 esr;
    void (*change)(El2Pe&, struct hvk_el2_vm&);
  } kTable[] = {
      {"no page", kHvc, [](El2Pe& pe, auto&) { pe.ctx.fast.vm = 0; }},
      {"a kick", kHvc, [](El2Pe& pe, auto&) { pe.ctx.shared.kick = 1; }},
      {"a kick, ID register", sys(3, 0, 0, 4, 0, 0),
       [](El2Pe& pe, auto&) { pe.ctx.shared.kick = 1; }},
      {"the VMM debugs", kHvc, [](El2Pe& pe, auto&) { pe.ctx.cfg.flags = HVK_CTX_F_TDE; }},
      {"the VMM's breakpoints", kHvc,
       [](El2Pe& pe, auto&) { pe.ctx.cfg.flags = HVK_CTX_F_VMM_DEBUG; }},
      {"the VMM filters calls", kHvc, [](El2Pe&, auto& vm) { vm.flags = 0; }},
      {"SMC with an immediate", kSmc | 1, [](El2Pe&, auto&) {}},
      {"WFI", kWfi, [](El2Pe&, auto&) {}},
      {"an abort", kAbort, [](El2Pe&, auto&) {}},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    const struct hvk_el2_vm vm = vm_;
    const struct hvk_el2_ctx ctx = pe_.ctx;
    trap(t.esr);
    t.change(pe_, vm_);
    EXPECT_FALSE(pe_.answer());
    EXPECT_EQ(pe_.ctx.fast.count, 0u);
    EXPECT_EQ(pe_.count("msr elr_el2") + pe_.count("msr spsr_el2"), 0u);
    vm_ = vm;
    pe_.ctx = ctx;
  }
}

}  // namespace
}  // namespace hvk::test
