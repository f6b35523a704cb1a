// SPDX-License-Identifier: GPL-2.0-only
// Accesses to addresses that are nobody's memory: to the VMM and back, to a
// device in the kernel, and what cannot be decoded.
#include <linux/kvm.h>

extern "C" {
#include "kmod/base/esr.h"
}
#include "trap_bench.h"

namespace hvk::test {
namespace {

constexpr u64 kUart = 0x09000000, kPc = BENCH_TRAP_RAM + 0x100;
constexpr u64 kEl0 = 0x3c0, kEl1t = 0x3c4, kEl1h = 0x3c5, kA32 = 0x1d0;
constexpr u64 kSctlr =
    KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG | HVK_SYSREG(3, 0, 1, 0, 0);
constexpr u64 kE0e = 1 << 24, kEe = 1 << 25;

class MmioTest : public testing::Test {
 protected:
  void SetUp() override {
    trap_new(1, 0);
    *trap_pc() = kPc;
  }
  void TearDown() override { trap_delete(); }

  void put_insn(u32 word, u64 ipa = kPc) {
    memcpy(trap_ram() + (ipa - BENCH_TRAP_RAM), &word, sizeof(word));
  }
  void set_sctlr(u64 bits) {
    u64 val;
    ASSERT_EQ(trap_reg_get(kSctlr, &val), 0);
    val |= bits;
    ASSERT_EQ(trap_reg_set(kSctlr, &val), 0);
  }
  void answer(u64 data) { memcpy(trap_run()->mmio.data, &data, sizeof(data)); }
  void expect_exit(u64 ipa, u32 len, bool is_write) {
    const kvm_run* run = trap_run();
    EXPECT_EQ(run->exit_reason, static_cast<u32>(KVM_EXIT_MMIO));
    EXPECT_EQ(run->mmio.phys_addr, ipa);
    EXPECT_EQ(run->mmio.len, len);
    EXPECT_EQ(run->mmio.is_write, is_write);
    // An unfinished access has not moved the PC.
    EXPECT_EQ(*trap_pc(), kPc);
  }
  u64 written() {
    u64 data = 0;
    memcpy(&data, trap_run()->mmio.data, sizeof(data));
    return data;
  }
};

struct Syndrome {
  unsigned sas;
  bool sse, sf;
  unsigned srt;
  bool write = false;
};

u64 Esr(const Syndrome& s) {
  return 0x93000007 | s.sas << 22 | s.sse << 21 | s.srt << 16 | s.sf << 15 | s.write << 6;
}
constexpr u64 kNoSyndromeLoad = 0x92000007, kNoSyndromeStore = 0x92000047;

TEST_F(MmioTest, LoadsByWidthSignAndByteOrder) {
  constexpr u64 kData = 0x8182'8384'8586'8788;
  const struct {
    const char* name;
    Syndrome s;
    u64 little, big;
  } kTable[] = {
      {"ldrb w", {0, false, false, 3}, 0x88, 0x88},
      {"ldrh w", {1, false, false, 3}, 0x8788, 0x8887},
      {"ldr w", {2, false, false, 3}, 0x85868788, 0x88878685},
      {"ldr x", {3, false, true, 3}, kData, 0x8887868584838281},
      {"ldrsb w", {0, true, false, 3}, 0xffffff88, 0xffffff88},
      {"ldrsb x", {0, true, true, 3}, 0xffffffffffffff88, 0xffffffffffffff88},
      {"ldrsh w", {1, true, false, 3}, 0xffff8788, 0xffff8887},
      {"ldrsh x", {1, true, true, 3}, 0xffffffffffff8788, 0xffffffffffff8887},
      {"ldrsw x", {2, true, true, 3}, 0xffffffff85868788, 0xffffffff88878685},
  };
  for (const bool big : {false, true}) {
    if (big) set_sctlr(kEe);
    for (const auto& t : kTable) {
      SCOPED_TRACE(t.name);
      *trap_pc() = kPc;
      *trap_x(3) = ~0ull;
      ASSERT_EQ(trap_abort(Esr(t.s), 0xffff0000, kUart + 0x18), 0);
      expect_exit(kUart + 0x18, 1u << t.s.sas, false);
      EXPECT_EQ(*trap_x(3), ~0ull);
      answer(kData);
      ASSERT_EQ(trap_finish(), 1);
      EXPECT_EQ(*trap_x(3), big ? t.big : t.little);
      EXPECT_EQ(*trap_pc(), kPc + 4);
    }
  }
}

TEST_F(MmioTest, StoresByWidthAndByteOrder) {
  const struct {
    unsigned sas;
    u64 little, big;
  } kTable[] = {{0, 0x88, 0x88},
                {1, 0x8788, 0x8887},
                {2, 0x85868788, 0x88878685},
                {3, 0x8182838485868788, 0x8887868584838281}};
  for (const bool big : {false, true}) {
    if (big) set_sctlr(kEe);
    for (const auto& t : kTable) {
      SCOPED_TRACE(t.sas);
      *trap_pc() = kPc;
      *trap_x(30) = 0x8182838485868788;
      ASSERT_EQ(trap_abort(Esr({t.sas, false, true, 30, true}), 0, kUart), 0);
      expect_exit(kUart, 1u << t.sas, true);
      EXPECT_EQ(written(), big ? t.big : t.little);
      ASSERT_EQ(trap_finish(), 1);
      EXPECT_EQ(*trap_pc(), kPc + 4);
      EXPECT_EQ(trap_finish(), 1);  // nothing is left to do
      EXPECT_EQ(*trap_pc(), kPc + 4);
    }
  }
}

TEST_F(MmioTest, ByteOrderIsTheExceptionLevels) {
  const struct {
    const char* name;
    u64 sctlr, pstate;
    bool big;
  } kTable[] = {
      {"EL1, E0E", kE0e, kEl1h, false},
      {"EL0, E0E", kE0e, kEl0, true},
      {"AArch32 EL0, E0E", kE0e, kA32, false},
      {"AArch32 EL0, PSTATE.E", kE0e, kA32 | 1 << 9, true},
      {"EL0, EE and E0E", kE0e | kEe, kEl0, true},
      {"EL1, EE", kEe, kEl1h, true},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    set_sctlr(t.sctlr);
    *trap_pstate() = t.pstate;
    *trap_x(1) = 0x1122;
    *trap_pc() = kPc;
    ASSERT_EQ(trap_abort(Esr({1, false, false, 1, true}), 0, kUart), 0);
    EXPECT_EQ(written(), t.big ? 0x2211u : 0x1122u);
    trap_finish();
  }
}

// An ioeventfd gets a write as the guest made it, and once; whoever else is there comes after
// it, or before it if it is a device in the kernel.
TEST_F(MmioTest, IoeventfdsAreAskedOnce) {
  constexpr u64 kBell = kUart + 0x50;
  const struct {
    const char* name;
    u64 bell, ipa;
    Syndrome s;
    bool big;
    unsigned times;
    u64 data;
    int ret;
  } kTable[] = {
      {"str w", kBell, kBell, {2, false, false, 3, true}, false, 1, 0x85868788, 1},
      {"str x", kBell, kBell, {3, false, true, 3, true}, false, 1, 0x8182838485868788, 1},
      {"strb", kBell, kBell, {0, false, false, 3, true}, false, 1, 0x88, 1},
      {"str w of xzr", kBell, kBell, {2, false, false, 31, true}, false, 1, 0, 1},
      {"strh, big-endian", kBell, kBell, {1, false, false, 3, true}, true, 1, 0x8887, 1},
      {"beside it", kBell, kBell + 4, {2, false, false, 3, true}, false, 1, 0x85868788, 0},
      {"a load", kBell, kBell, {2, false, false, 3, false}, false, 0, 0, 0},
      {"on a device in the kernel",
       BENCH_TRAP_DEVICE,
       BENCH_TRAP_DEVICE,
       {2, false, false, 3, true},
       false,
       0,
       0,
       1},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap_delete();
    trap_new(1, 0);
    if (t.big) set_sctlr(kEe);
    *trap_pc() = kPc;
    *trap_x(3) = 0x8182838485868788;
    trap_bell(t.bell);
    ASSERT_EQ(trap_abort(Esr(t.s), t.ipa & 0xfff, t.ipa), t.ret);
    trap_asked asked = trap_take_asked();
    EXPECT_EQ(asked.times, t.times);
    if (t.times) {
      EXPECT_EQ(asked.ipa, t.ipa);
      EXPECT_EQ(asked.len, 1u << t.s.sas);
      EXPECT_EQ(asked.data, t.data);
    }
    if (!t.ret) {
      expect_exit(t.ipa, 1u << t.s.sas, t.s.write);
      EXPECT_EQ(trap_finish(), 1);
    }
    EXPECT_EQ(*trap_pc(), kPc + 4);
  }
}

TEST_F(MmioTest, ZeroRegister) {
  ASSERT_EQ(trap_abort(Esr({3, false, true, 31, true}), 0, kUart), 0);
  EXPECT_EQ(written(), 0u);
  ASSERT_EQ(trap_finish(), 1);
  *trap_pc() = kPc;
  ASSERT_EQ(trap_abort(Esr({3, false, true, 31, false}), 0, kUart), 0);
  answer(~0ull);
  ASSERT_EQ(trap_finish(), 1);
  EXPECT_EQ(*trap_pc(), kPc + 4);
}

TEST_F(MmioTest, DeviceInTheKernel) {
  *trap_x(2) = 0x1'2345'6789;
  EXPECT_EQ(trap_abort(Esr({2, false, false, 2, true}), 0, BENCH_TRAP_DEVICE + 8), 1);
  EXPECT_EQ(*trap_device(), 0x23456789u);
  EXPECT_EQ(*trap_pc(), kPc + 4);
  *trap_device() = 0xfedc;
  EXPECT_EQ(trap_abort(Esr({1, true, false, 2, false}), 0, BENCH_TRAP_DEVICE), 1);
  EXPECT_EQ(*trap_x(2), 0xfffffedcu);
  EXPECT_EQ(*trap_pc(), kPc + 8);
}

// Without a syndrome: the instruction is found at the PC, MMU off.
TEST_F(MmioTest, Writeback) {
  const struct {
    const char* name;
    u32 word;
    u64 pstate, base, address, after;
  } kTable[] = {
      {"ldr w3, [x4], #4", 0xb8404483, kEl1h, kUart, kUart, kUart + 4},
      {"ldr w3, [x4, #-256]!", 0xb8500c83, kEl1h, kUart + 0x100, kUart, kUart},
      {"ldr w3, [x4], #4 at EL0", 0xb8404483, kEl0, kUart, kUart, kUart + 4},
      {"ldur w3, [x4, #-3]", 0xb85fd083, kEl1h, kUart + 3, kUart, kUart + 3},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    put_insn(t.word);
    *trap_pc() = kPc;
    *trap_pstate() = t.pstate;
    *trap_x(4) = t.base;
    ASSERT_EQ(trap_abort(kNoSyndromeLoad, t.address, t.address), 0);
    expect_exit(t.address, 4, false);
    EXPECT_EQ(*trap_x(4), t.base);
    answer(0x11223344);
    ASSERT_EQ(trap_finish(), 1);
    EXPECT_EQ(*trap_x(3), 0x11223344u);
    EXPECT_EQ(*trap_x(4), t.after);
    EXPECT_EQ(*trap_pc(), kPc + 4);
  }
}

TEST_F(MmioTest, StackPointerOfTheMode) {
  constexpr u64 kCore = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE;
  constexpr u64 kSpEl0 = kCore | KVM_REG_ARM_CORE_REG(regs.sp);
  constexpr u64 kSpEl1 = kCore | KVM_REG_ARM_CORE_REG(sp_el1);
  put_insn(0xf81f0fe3);  // str x3, [sp, #-16]!
  for (const u64 pstate : {kEl0, kEl1t, kEl1h}) {
    SCOPED_TRACE(pstate);
    const u64 wrong = 0x5000, base = kUart + 16;
    const bool el1h = pstate == kEl1h;
    ASSERT_EQ(trap_reg_set(kSpEl0, el1h ? &wrong : &base), 0);
    ASSERT_EQ(trap_reg_set(kSpEl1, el1h ? &base : &wrong), 0);
    *trap_pc() = kPc;
    *trap_pstate() = pstate;
    ASSERT_EQ(trap_abort(kNoSyndromeStore, kUart, kUart), 0);
    ASSERT_EQ(trap_finish(), 1);
    u64 sp;
    ASSERT_EQ(trap_reg_get(el1h ? kSpEl1 : kSpEl0, &sp), 0);
    EXPECT_EQ(sp, kUart);
    ASSERT_EQ(trap_reg_get(el1h ? kSpEl0 : kSpEl1, &sp), 0);
    EXPECT_EQ(sp, wrong);
  }
}

TEST_F(MmioTest, PairsAreTwoAccesses) {
  // ldp x3, x4, [x5], #16; the abort may be told at either half.
  put_insn(0xa8c110a3);
  for (const u64 far : {kUart + 0x20, kUart + 0x28}) {
    *trap_pc() = kPc;
    *trap_x(5) = kUart + 0x20;
    ASSERT_EQ(trap_abort(kNoSyndromeLoad, far, far), 0);
    expect_exit(kUart + 0x20, 8, false);
    answer(0x1111);
    ASSERT_EQ(trap_finish(), 0);
    expect_exit(kUart + 0x28, 8, false);
    answer(0x2222);
    ASSERT_EQ(trap_finish(), 1);
    EXPECT_EQ(*trap_x(3), 0x1111u);
    EXPECT_EQ(*trap_x(4), 0x2222u);
    EXPECT_EQ(*trap_x(5), kUart + 0x30);
    EXPECT_EQ(*trap_pc(), kPc + 4);
  }

  // stp w3, w4, [x5], #-8
  put_insn(0x28bf10a3);
  *trap_pc() = kPc;
  *trap_x(5) = kUart;
  ASSERT_EQ(trap_abort(kNoSyndromeStore, kUart, kUart), 0);
  expect_exit(kUart, 4, true);
  EXPECT_EQ(written(), 0x1111u);
  ASSERT_EQ(trap_finish(), 0);
  expect_exit(kUart + 4, 4, true);
  EXPECT_EQ(written(), 0x2222u);
  ASSERT_EQ(trap_finish(), 1);
  EXPECT_EQ(*trap_x(5), kUart - 8);

  // ldp x5, x4, [x5]: the base is overwritten by the first half.
  put_insn(0xa94010a5);
  *trap_pc() = kPc;
  *trap_x(5) = BENCH_TRAP_DEVICE;
  *trap_device() = 0x77;
  EXPECT_EQ(trap_abort(kNoSyndromeLoad, BENCH_TRAP_DEVICE, BENCH_TRAP_DEVICE), 1);
  EXPECT_EQ(*trap_x(5), 0x77u);
  EXPECT_EQ(*trap_x(4), 0x77u);
}

// str x3, [x4], #8: decoded for a device; for read-only memory KVM's answer.
TEST_F(MmioTest, ReadOnlyMemoryIsNotDecoded) {
  put_insn(0xf8008483);
  *trap_pc() = kPc;
  *trap_x(4) = kUart;
  trap_read_only(true);
  EXPECT_EQ(trap_abort(kNoSyndromeStore, kUart, kUart), -ENOSYS);
  EXPECT_EQ(*trap_pc(), kPc);
  EXPECT_EQ(*trap_x(4), kUart);
  trap_read_only(false);
  EXPECT_EQ(trap_abort(kNoSyndromeStore, kUart, kUart), 0);
  EXPECT_EQ(trap_run()->exit_reason, static_cast<u32>(KVM_EXIT_MMIO));
}

TEST_F(MmioTest, NotDecoded) {
  const struct {
    const char* name;
    u32 word;
    u64 esr, pc, pstate, base, far;
  } kTable[] = {
      {"a SIMD load", 0xfc408441, kNoSyndromeLoad, kPc, kEl1h, kUart, kUart},
      {"an exclusive load", 0x885f7c41, kNoSyndromeLoad, kPc, kEl1h, kUart, kUart},
      {"a store, but the abort is a load's", 0xf8008083, kNoSyndromeLoad, kPc, kEl1h, kUart, kUart},
      {"a load, but the abort is a store's", 0xb8404483, kNoSyndromeStore, kPc, kEl1h, kUart,
       kUart},
      {"another page than the abort's", 0xb8404483, kNoSyndromeLoad, kPc, kEl1h, kUart + 0x1000,
       kUart},
      {"straddling pages", 0xa94010a3, kNoSyndromeLoad, kPc, kEl1h, kUart + 0xff8, kUart + 0xff8},
      {"PC outside memory", 0xb8404483, kNoSyndromeLoad, 0x80000000, kEl1h, kUart, kUart},
      {"PC at the end of memory", 0, kNoSyndromeLoad, BENCH_TRAP_RAM + BENCH_TRAP_RAM_SIZE, kEl1h,
       kUart, kUart},
      {"PC not aligned", 0xb8404483, kNoSyndromeLoad, kPc + 2, kEl1h, kUart, kUart},
      {"AArch32", 0xb8404483, kNoSyndromeLoad, kPc, kA32, kUart, kUart},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    put_insn(t.word);
    *trap_pc() = t.pc;
    *trap_pstate() = t.pstate;
    for (unsigned i = 2; i <= 5; i++) *trap_x(i) = t.base;
    EXPECT_EQ(trap_abort(t.esr, t.far, t.far), -ENOSYS);
    trap_nisv_to_user(true);
    EXPECT_EQ(trap_abort(t.esr, t.far, t.far), 0);
    EXPECT_EQ(trap_run()->exit_reason, static_cast<u32>(KVM_EXIT_ARM_NISV));
    EXPECT_EQ(trap_run()->arm_nisv.fault_ipa, t.far);
    EXPECT_EQ(trap_run()->arm_nisv.esr_iss, t.esr & 0x17f);
    trap_nisv_to_user(false);
    EXPECT_EQ(*trap_pc(), t.pc);
    EXPECT_EQ(trap_finish(), 1);
    EXPECT_EQ(*trap_pc(), t.pc);
  }
}

// The instruction's page is not there. A signal ends the wait for it, and the
// instruction is the guest's again; without one it comes.
TEST_F(MmioTest, TheInstructionsPageIsAbsent) {
  constexpr u32 kLoad = 0xb8404483;  // ldr w3, [x4], #4
  put_insn(kLoad);
  *trap_pstate() = kEl1h;
  *trap_x(4) = kUart;

  trap_absent(kPc, EINTR);
  EXPECT_EQ(trap_abort(kNoSyndromeLoad, kUart, kUart), -EINTR);
  EXPECT_EQ(*trap_pc(), kPc);
  EXPECT_EQ(*trap_x(4), kUart);

  trap_absent(kPc, EFAULT);
  EXPECT_EQ(trap_abort(kNoSyndromeLoad, kUart, kUart), -ENOSYS);

  trap_absent(kPc, 0);
  ASSERT_EQ(trap_abort(kNoSyndromeLoad, kUart, kUart), 0);
  expect_exit(kUart, 4, false);
  EXPECT_EQ(trap_pages_held(), 0);
  ASSERT_EQ(trap_finish(), 1);
  EXPECT_EQ(*trap_x(4), kUart + 4);
}

TEST_F(MmioTest, CacheMaintenanceIsSkipped) {
  EXPECT_EQ(trap_abort(kNoSyndromeStore | 1 << 8, kUart, kUart), 1);
  EXPECT_EQ(*trap_pc(), kPc + 4);
}

TEST_F(MmioTest, TablesInNobodysMemory) {
  EXPECT_EQ(trap_abort(0x92000086, 0xffff800000001000, kUart), 1);
  u64 esr, far;
  ASSERT_EQ(trap_reg_get(
                KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG | HVK_SYSREG(3, 0, 5, 2, 0),
                &esr),
            0);
  ASSERT_EQ(trap_reg_get(
                KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG | HVK_SYSREG(3, 0, 6, 0, 0),
                &far),
            0);
  EXPECT_EQ(esr, 0x96000016u);  // external abort on a walk, level 2
  EXPECT_EQ(far, 0xffff800000001000u);
}

// The VMM answers with an abort: the access is over, and its register kept.
TEST_F(MmioTest, AnsweredByAnAbort) {
  *trap_x(3) = 7;
  ASSERT_EQ(trap_abort(Esr({2, false, false, 3, false}), 0xdead000, kUart), 0);
  kvm_vcpu_events events = {};
  events.exception.ext_dabt_pending = 1;
  ASSERT_EQ(trap_events_set(&events), 0);
  EXPECT_EQ(*trap_pc(), 0x200u);  // VBAR_EL1 is 0
  EXPECT_EQ(trap_finish(), 1);
  EXPECT_EQ(*trap_pc(), 0x200u);
  EXPECT_EQ(*trap_x(3), 7u);
}

}  // namespace
}  // namespace hvk::test
