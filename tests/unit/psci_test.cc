// SPDX-License-Identifier: GPL-2.0-only
// PSCI and SMCCC as a guest calls them, and the power state of vCPUs as the
// VMM sees it.
#include <linux/kvm.h>

#include "trap_bench.h"
#include "uapi/hvk.h"

namespace hvk::test {
namespace {

constexpr u64 kHvc = 0x5a000000, kSmc = 0x5e000000, kPc = 0x40080000;
constexpr u64 kPsci02 = 1 << KVM_ARM_VCPU_PSCI_0_2;
constexpr int kReqPause = 0, kReqReset = 1;

// DEN0022 5.1, DEN0028 7
constexpr u32 kVersion = 0x84000000, kSuspend32 = 0x84000001, kSuspend = 0xc4000001,
              kCpuOff = 0x84000002, kCpuOn32 = 0x84000003, kCpuOn = 0xc4000003,
              kAffinityInfo32 = 0x84000004, kAffinityInfo = 0xc4000004, kMigrate32 = 0x84000005,
              kMigrateType = 0x84000006, kSystemOff = 0x84000008, kSystemReset = 0x84000009,
              kFeatures = 0x8400000a, kSystemSuspend = 0xc400000e, kReset2For32 = 0x84000012,
              kReset2 = 0xc4000012;
constexpr u32 kSmcccVersion = 0x80000000, kArchFeatures = 0x80000001, kWorkaround1 = 0x80008000,
              kWorkaround2 = 0x80007fff, kWorkaround3 = 0x80003fff;
constexpr u64 kSuccess = 0, kNotSupported = ~0ull, kInvalid = -2ull, kAlreadyOn = -4ull,
              kInternal = -6ull;

class PsciTest : public testing::Test {
 protected:
  void SetUp() override { start(kPsci02); }
  void TearDown() override { trap_delete(); }

  static void start(u64 features) {
    trap_new(4, features);
    for (int vcpu = 3; vcpu > 0; vcpu--) {
      trap_select(vcpu);
      EXPECT_EQ(trap_mp_state_set(KVM_MP_STATE_STOPPED), 0);
      EXPECT_TRUE(trap_take_request(kReqPause));
    }
    trap_select(0);
  }
  static u64 call(u64 fn, u64 a1 = 0, u64 a2 = 0, u64 a3 = 0, int answer = 1) {
    *trap_x(0) = fn;
    *trap_x(1) = a1;
    *trap_x(2) = a2;
    *trap_x(3) = a3;
    EXPECT_EQ(trap_exit(kHvc, 0), answer);
    return *trap_x(0);
  }
  static int set_version(u64 version) { return trap_reg_set(KVM_REG_ARM_PSCI_VERSION, &version); }
};

TEST_F(PsciTest, Answers) {
  const struct {
    const char* name;
    u64 x[4], answer;
  } kTable[] = {
      {"version", {kVersion}, 0x10001},
      {"the upper half of the function is ignored", {0xdead'0000'0000'0000 | kVersion}, 0x10001},
      {"migrate type", {kMigrateType}, 2},
      {"migrate", {kMigrate32}, kNotSupported},
      {"suspend to memory", {kSystemSuspend}, kNotSupported},
      {"features: version", {kFeatures, kVersion}, kSuccess},
      {"features: reset2", {kFeatures, kReset2}, kSuccess},
      {"features: smccc", {kFeatures, kSmcccVersion}, kSuccess},
      {"features: migrate", {kFeatures, kMigrate32}, kNotSupported},
      {"features: suspend to memory", {kFeatures, kSystemSuspend}, kNotSupported},
      {"features: no function", {kFeatures, 0x8400001f}, kNotSupported},
      {"64-bit twin of a 32-bit function", {0xc4000000}, kNotSupported},
      {"a yielding call", {0x04000000}, kNotSupported},
      {"vendor", {0xc600ff00}, kNotSupported},
      {"nothing", {0}, kNotSupported},
      {"on: self", {kCpuOn, 0}, kAlreadyOn},
      {"on: nobody", {kCpuOn, 4}, kInvalid},
      {"on: Aff3", {kCpuOn, 1ull << 32}, kInvalid},
      {"on: RES1 of MPIDR", {kCpuOn, 1u << 31 | 1}, kInvalid},
      {"on: bits above", {kCpuOn, 1ull << 40 | 1}, kInvalid},
      {"info: self", {kAffinityInfo, 0, 0}, 0},
      {"info: other", {kAffinityInfo, 1, 0}, 1},
      {"info: other, 32-bit", {kAffinityInfo32, 0xff'0000'0001, 0xff'0000'0000}, 1},
      {"info: cluster", {kAffinityInfo, 1, 1}, 0},
      {"info: level 3", {kAffinityInfo, 0, 3}, 0},
      {"info: level 4", {kAffinityInfo, 0, 4}, kInvalid},
      {"info: level of 64 bits", {kAffinityInfo, 0, 1ull << 32}, kInvalid},
      {"info: nobody", {kAffinityInfo, 7, 0}, kInvalid},
      {"info: RES1 of MPIDR", {kAffinityInfo, 1u << 31, 0}, kInvalid},
      {"reset2: architectural, not warm", {kReset2, 1}, kInvalid},
      {"reset2: below vendor", {kReset2For32, 0x7fffffff}, kInvalid},
      {"smccc version", {kSmcccVersion}, 0x10001},
      {"arch features: itself", {kArchFeatures, kArchFeatures}, kSuccess},
      {"arch features: unknown", {kArchFeatures, 0x80001234}, kNotSupported},
      {"arch features: workaround 2", {kArchFeatures, kWorkaround2}, ~1ull},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    *trap_pc() = kPc;
    EXPECT_EQ(call(t.x[0], t.x[1], t.x[2], t.x[3]), t.answer);
    EXPECT_EQ(*trap_pc(), kPc);  // behind the HVC already
    EXPECT_FALSE(trap_powered_off());
  }
}

TEST_F(PsciTest, SmcIsTheSame) {
  *trap_pc() = kPc;
  *trap_x(0) = kVersion;
  EXPECT_EQ(trap_exit(kSmc, 0), 1);
  EXPECT_EQ(*trap_x(0), 0x10001u);
  EXPECT_EQ(*trap_pc(), kPc + 4);
  // SMC #1
  *trap_x(0) = kVersion;
  EXPECT_EQ(trap_exit(kSmc | 1, 0), 1);
  EXPECT_EQ(*trap_x(0), kNotSupported);
  EXPECT_EQ(*trap_pc(), kPc + 8);
}

TEST_F(PsciTest, OtherRegistersAreKept) {
  for (unsigned i = 1; i < 31; i++) *trap_x(i) = i;
  *trap_x(0) = kVersion;
  EXPECT_EQ(trap_exit(kHvc, 0), 1);
  for (unsigned i = 1; i < 31; i++) EXPECT_EQ(*trap_x(i), i);
}

TEST_F(PsciTest, OnAndOff) {
  EXPECT_EQ(call(kCpuOn, 2, 0x1'4000'0000, 0x1'2345'6789), kSuccess);
  EXPECT_EQ(call(kCpuOn, 2, 0x5000'0000, 1), kAlreadyOn);
  EXPECT_EQ(call(kCpuOn32, 3ull << 32 | 3, 0x1'4000'0000, 0x1'2345'6789), kSuccess);

  trap_select(2);
  EXPECT_FALSE(trap_powered_off());
  EXPECT_TRUE(trap_take_request(kReqReset));
  EXPECT_EQ(trap_reset_pc(), 0x1'4000'0000u);
  EXPECT_EQ(trap_reset_x0(), 0x1'2345'6789u);
  trap_select(3);
  EXPECT_EQ(trap_reset_pc(), 0x4000'0000u);
  EXPECT_EQ(trap_reset_x0(), 0x2345'6789u);

  trap_select(2);
  call(kCpuOff);
  EXPECT_TRUE(trap_powered_off());
  EXPECT_TRUE(trap_take_request(kReqPause));
  trap_select(0);
  EXPECT_EQ(call(kAffinityInfo, 2, 0), 1u);
  EXPECT_EQ(call(kCpuOn, 2, 0x4000'0000, 0), kSuccess);
}

TEST_F(PsciTest, SuspendIsStandby) {
  EXPECT_EQ(call(kSuspend, 1 << 16, 0x4000'0000, 5), kSuccess);
  EXPECT_EQ(call(kSuspend32), kSuccess);
  EXPECT_EQ(trap_blocked(), 2u);
  EXPECT_FALSE(trap_powered_off());
}

TEST_F(PsciTest, SystemEvents) {
  const struct {
    const char* name;
    u64 fn, type;
    u32 event;
    u64 flags;
  } kTable[] = {
      {"off", kSystemOff, 0, KVM_SYSTEM_EVENT_SHUTDOWN, 0},
      {"reset", kSystemReset, 0, KVM_SYSTEM_EVENT_RESET, 0},
      {"reset2, warm", kReset2, 0, KVM_SYSTEM_EVENT_RESET, 1},
      {"reset2, vendor", kReset2, 0x80000001, KVM_SYSTEM_EVENT_RESET, 1},
      {"reset2, 32-bit", kReset2For32, 0xff'0000'0000, KVM_SYSTEM_EVENT_RESET, 1},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap_delete();
    start(kPsci02);
    EXPECT_EQ(call(t.fn, t.type, 0, 0, 0), kInternal);
    const kvm_run* run = trap_run();
    EXPECT_EQ(run->exit_reason, static_cast<u32>(KVM_EXIT_SYSTEM_EVENT));
    EXPECT_EQ(run->system_event.type, t.event);
    EXPECT_EQ(run->system_event.ndata, 1u);
    EXPECT_EQ(run->system_event.data[0], t.flags);
    for (unsigned vcpu = 0; vcpu < 4; vcpu++) {
      trap_select(vcpu);
      EXPECT_TRUE(trap_powered_off());
      EXPECT_TRUE(trap_take_request(kReqPause));
    }
  }
}

TEST_F(PsciTest, OlderVersions) {
  const struct {
    u64 version, fn, a1, answer;
  } kTable[] = {
      {0x10000, kVersion, 0, 0x10000},
      {0x10000, kFeatures, kVersion, kSuccess},
      {0x10000, kFeatures, kReset2, kNotSupported},
      {0x10000, kReset2, 0, kNotSupported},
      {0x2, kVersion, 0, 2},
      {0x2, kFeatures, kVersion, kNotSupported},
      {0x2, kAffinityInfo, 0, 0},
  };
  for (const auto& t : kTable) {
    ASSERT_EQ(set_version(t.version), 0);
    EXPECT_EQ(call(t.fn, t.a1), t.answer) << std::hex << t.version << " " << t.fn;
  }
  EXPECT_EQ(set_version(1), -EINVAL);  // 0.1 is for vCPUs without the feature
  EXPECT_EQ(set_version(0x10002), -EINVAL);
}

TEST_F(PsciTest, Legacy) {
  trap_delete();
  start(0);
  EXPECT_EQ(set_version(0x10001), -EINVAL);
  EXPECT_EQ(set_version(1), 0);
  EXPECT_EQ(call(kVersion), kNotSupported);
  EXPECT_EQ(call(KVM_PSCI_FN_CPU_ON, 1, 0x40000000, 9), kSuccess);
  EXPECT_EQ(call(KVM_PSCI_FN_CPU_ON, 1, 0x40000000, 9), kInvalid);
  EXPECT_EQ(call(KVM_PSCI_FN_CPU_SUSPEND), kNotSupported);
  call(KVM_PSCI_FN_CPU_OFF);
  EXPECT_TRUE(trap_powered_off());
}

TEST_F(PsciTest, Mitigations) {
  constexpr u64 kUnaffected = 1;
  const struct {
    const char* name;
    u64 mitigations, workaround1, level1, workaround3, level3;
  } kTable[] = {
      {"none needed", 0, kUnaffected, 2, kUnaffected, 2},
      {"by firmware", HVK_MITIG_V2_FIRMWARE | HVK_MITIG_BHB_FIRMWARE, 0, 1, 0, 1},
      {"firmware lacks it for some CPUs",
       HVK_MITIG_V2_FIRMWARE | HVK_MITIG_BHB_FIRMWARE | HVK_MITIG_V2_MISSING, kNotSupported, 0, 0,
       1},
      {"firmware lacks it, loop", HVK_MITIG_V2_MISSING | HVK_MITIG_BHB_LOOP, kNotSupported, 0, 0,
       1},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap_set_mitigations(t.mitigations);
    EXPECT_EQ(call(kArchFeatures, kWorkaround1), t.workaround1);
    EXPECT_EQ(call(kArchFeatures, kWorkaround3), t.workaround3);
    u64 level;
    EXPECT_EQ(trap_reg_get(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, &level), 0);
    EXPECT_EQ(level, t.level1);
    EXPECT_EQ(trap_reg_set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, &level), 0);
    level++;
    EXPECT_EQ(trap_reg_set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, &level), -EINVAL);
  }
}

// Speculative store bypass. A VMM may bring a guest that knew of a switch to where none is
// needed, and one that knew of nothing anywhere.
TEST_F(PsciTest, StoreBypass) {
  constexpr u64 kWorkaround2 = 0x80007fff, kNotRequired = ~1ull;
  const struct {
    const char* name;
    u64 mitigations, answer, level;
    int set[8];  // by value; the last two are AVAIL and NOT_AVAIL with ENABLED
  } kTable[] = {
      {"unaffected", 0, kNotRequired, 3, {0, 0, 0, 0, -EINVAL, -EINVAL, 0, -EINVAL}},
      {"by firmware",
       HVK_MITIG_V4_FIRMWARE,
       kNotRequired,
       3,
       {0, 0, 0, 0, -EINVAL, -EINVAL, 0, -EINVAL}},
      {"open",
       HVK_MITIG_V4_OPEN,
       kNotSupported,
       0,
       {0, 0, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL}},
      {"open on some CPUs",
       HVK_MITIG_V4_OPEN | HVK_MITIG_V4_FIRMWARE,
       kNotSupported,
       0,
       {0, 0, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL}},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    trap_set_mitigations(t.mitigations);
    EXPECT_EQ(call(kArchFeatures, kWorkaround2), t.answer);
    u64 level;
    EXPECT_EQ(trap_reg_get(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, &level), 0);
    EXPECT_EQ(level, t.level);
    for (unsigned i = 0; i < 8; i++) {
      u64 value = i < 6 ? i : i == 6 ? 0x12 : 0x10;
      EXPECT_EQ(trap_reg_set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, &value), t.set[i]) << value;
    }
  }
}

// Random numbers (DEN0098); the bench's generator sets every bit.
TEST_F(PsciTest, Trng) {
  constexpr u64 kVersionFn = 0x84000050, kFeatures = 0x84000051, kUuid = 0x84000052,
                kRnd32 = 0x84000053, kRnd64 = 0xc4000053, kInvalidParameters = ~1ull;
  const struct {
    const char* name;
    u64 fn, a1, answer, x1, x2, x3;
  } kTable[] = {
      {"version", kVersionFn, 7, 0x10000, 7, 0, 0},
      {"features: itself", kFeatures, kFeatures, 0, kFeatures, 0, 0},
      {"features: RND64", kFeatures, kRnd64, 0, kRnd64, 0, 0},
      {"features: another", kFeatures, 0x84000054, kNotSupported, 0x84000054, 0, 0},
      {"32: none", kRnd32, 0, 0, 0, 0, 0},
      {"32: one bit", kRnd32, 1, 0, 0, 0, 1},
      {"32: a word", kRnd32, 32, 0, 0, 0, 0xffffffff},
      {"32: a word and a bit", kRnd32, 33, 0, 0, 1, 0xffffffff},
      {"32: all", kRnd32, 96, 0, 0xffffffff, 0xffffffff, 0xffffffff},
      {"32: too many", kRnd32, 97, kInvalidParameters, 97, 0, 0},
      {"32: the upper half is not looked at", kRnd32, 1ull << 32 | 1, 0, 0, 0, 1},
      {"64: a word", kRnd64, 64, 0, 0, 0, ~0ull},
      {"64: two and a half", kRnd64, 160, 0, 0xffffffff, ~0ull, ~0ull},
      {"64: all", kRnd64, 192, 0, ~0ull, ~0ull, ~0ull},
      {"64: too many", kRnd64, 193, kInvalidParameters, 193, 0, 0},
      {"64: far too many", kRnd64, 1ull << 32, kInvalidParameters, 1ull << 32, 0, 0},
  };
  for (const auto& t : kTable) {
    EXPECT_EQ(call(t.fn, t.a1), t.answer) << t.name;
    EXPECT_EQ(*trap_x(1), t.x1) << t.name;
    EXPECT_EQ(*trap_x(2), t.x2) << t.name;
    EXPECT_EQ(*trap_x(3), t.x3) << t.name;
  }
  EXPECT_NE(call(kUuid), kNotSupported);
  EXPECT_NE(*trap_x(3), 0u);
}

// The VMM says which services there are, before the guest can know.
TEST_F(PsciTest, Services) {
  constexpr u64 kTrngVersion = 0x84000050;
  u64 services;
  ASSERT_EQ(trap_reg_get(KVM_REG_ARM_STD_BMAP, &services), 0);
  EXPECT_EQ(services, 1u);
  services = 3;
  EXPECT_EQ(trap_reg_set(KVM_REG_ARM_STD_BMAP, &services), -EINVAL);
  services = 0;
  EXPECT_EQ(trap_reg_set(KVM_REG_ARM_STD_BMAP, &services), 0);
  EXPECT_EQ(call(kTrngVersion), kNotSupported);
  trap_set_has_run();
  EXPECT_EQ(trap_reg_set(KVM_REG_ARM_STD_BMAP, &services), 0);
  services = 1;
  EXPECT_EQ(trap_reg_set(KVM_REG_ARM_STD_BMAP, &services), -EBUSY);
}

TEST_F(PsciTest, MpState) {
  u32 state;
  trap_select(1);
  EXPECT_EQ(trap_mp_state_get(&state), 0);
  EXPECT_EQ(state, static_cast<u32>(KVM_MP_STATE_STOPPED));
  EXPECT_EQ(trap_mp_state_set(KVM_MP_STATE_RUNNABLE), 0);
  EXPECT_EQ(trap_mp_state_get(&state), 0);
  EXPECT_EQ(state, static_cast<u32>(KVM_MP_STATE_RUNNABLE));
  EXPECT_EQ(trap_mp_state_set(KVM_MP_STATE_HALTED), -EINVAL);
  EXPECT_EQ(trap_mp_state_set(77), -EINVAL);
  EXPECT_FALSE(trap_powered_off());
}

}  // namespace
}  // namespace hvk::test
