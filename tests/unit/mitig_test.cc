// SPDX-License-Identifier: GPL-2.0-only
// Which CPU needs which mitigation of Spectre v2 and branch history injection, by its model,
// its ID register and its firmware: judged as the kernel does (proton-pack.c).
#include <string_view>

#include "mitig_bench.h"
#include "uapi/hvk.h"

namespace hvk::test {
namespace {

constexpr uint32_t kA53 = 0x410fd034, kA57 = 0x411fd071, kA72 = 0x410fd083, kA75 = 0x413fd0a1,
                   kA76 = 0x414fd0b1, kTsv110 = 0x481fd010, kKryo2Silver = 0x51af8014,
                   kUnknown = 0x610fabc0;
constexpr uint32_t kWorkaround1 = 0x80008000, kWorkaround3 = 0x80003fff;
constexpr int kHas = 0, kNotNeeded = 1, kLacks = -1;  // DEN0028 7.5

struct Cpu {
  const char* name;
  uint32_t midr;
  unsigned csv2;
  int workaround1, workaround3;
  unsigned el2;
  uint64_t mitigations;
};
const Cpu* cpu;
bool smc;

constexpr uint64_t kV2 = HVK_MITIG_V2_FIRMWARE | HVK_MITIG_V2_MISSING;
constexpr uint64_t kBhb = HVK_MITIG_BHB_FIRMWARE | HVK_MITIG_BHB_LOOP;

TEST(Mitigations, ByCpuAndFirmware) {
  constexpr unsigned kWa1 = MITIG_BENCH_WA1, kWa3 = MITIG_BENCH_WA3, kLoop = MITIG_BENCH_LOOP;
  constexpr uint64_t kFirmware = HVK_MITIG_V2_FIRMWARE, kMissing = HVK_MITIG_V2_MISSING;
  constexpr uint64_t kBhbFirmware = HVK_MITIG_BHB_FIRMWARE, kBhbLoop = HVK_MITIG_BHB_LOOP;
  const Cpu kTable[] = {
      {"A72, firmware has the call", kA72, 0, kHas, kLacks, kWa1 | kLoop, kFirmware | kBhbLoop},
      {"A72, firmware lacks it", kA72, 0, kLacks, kLacks, kLoop, kMissing | kBhbLoop},
      {"A72 that is immune", kA72, 1, kLacks, kLacks, kLoop, kBhbLoop},
      {"A72 that is immune, with firmware", kA72, 1, kHas, kLacks, kLoop, kBhbLoop},
      {"A72 that firmware knows as immune", kA72, 0, kNotNeeded, kLacks, kLoop, kBhbLoop},
      {"A57, firmware lacks it", kA57, 0, kLacks, kLacks, kLoop, kMissing | kBhbLoop},
      {"A75, both calls", kA75, 0, kHas, kHas, kWa3, kFirmware | kBhbFirmware},
      {"A75 that is immune to v2", kA75, 1, kHas, kHas, kWa3, kBhbFirmware},
      {"A75 that firmware knows as immune to BHB", kA75, 0, kHas, kNotNeeded, kWa1, kFirmware},
      {"A75, old firmware", kA75, 0, kHas, kLacks, kWa1, kFirmware},
      {"A76", kA76, 1, kLacks, kLacks, kLoop, kBhbLoop},
      {"a core with a loop that is immune to BHB", kA76, 3, kLacks, kLacks, 0, 0},
      {"A53", kA53, 0, kLacks, kLacks, 0, 0},
      {"A53, firmware has the call for others", kA53, 0, kHas, kLacks, 0, 0},
      {"TSV110", kTsv110, 0, kLacks, kLacks, 0, 0},
      {"Kryo 2xx Silver", kKryo2Silver, 0, kLacks, kLacks, 0, 0},
      {"a core that nobody knows", kUnknown, 0, kLacks, kLacks, 0, kMissing},
      {"a core that nobody knows, with firmware", kUnknown, 0, kHas, kLacks, kWa1, kFirmware},
  };
  smc = true;
  for (const auto& t : kTable) {
    cpu = &t;
    EXPECT_EQ(mitig_bench_el2(), t.el2) << t.name;
    EXPECT_EQ(mitig_bench_mitigations() & (kV2 | kBhb), t.mitigations) << t.name;
  }
}

// Where SMC is not how the kernel calls firmware, it is not executed.
TEST(Mitigations, WithoutSmc) {
  constexpr Cpu kCpu = {"A72", kA72, 0, kHas, kHas, 0, 0};
  cpu = &kCpu;
  smc = false;
  EXPECT_EQ(mitig_bench_el2(), MITIG_BENCH_LOOP);
  EXPECT_EQ(mitig_bench_mitigations() & (kV2 | kBhb), HVK_MITIG_V2_MISSING | HVK_MITIG_BHB_LOOP);
}

}  // namespace
}  // namespace hvk::test

extern "C" {

uint64_t mitig_bench_sysreg(const char* name) {
  const std::string_view reg = name;
  if (reg == "midr_el1") return hvk::test::cpu->midr;
  if (reg == "SYS_ID_AA64PFR0_EL1") return uint64_t{hvk::test::cpu->csv2} << 56;
  return 0;
}

bool mitig_bench_has_smc(void) { return hvk::test::smc; }

int mitig_bench_firmware(uint32_t function) {
  switch (function) {
    case hvk::test::kWorkaround1:
      return hvk::test::cpu->workaround1;
    case hvk::test::kWorkaround3:
      return hvk::test::cpu->workaround3;
    default:
      return hvk::test::kLacks;
  }
}
}
