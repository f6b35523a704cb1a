// SPDX-License-Identifier: GPL-2.0-only
// Which MIDR_EL1 has which errata: the edges of each range, and cores that have none.
#include "el2_bench.h"

extern "C" u64 hvk_errata_flags(uint32_t midr);

namespace hvk::test {
namespace {

constexpr uint32_t midr(unsigned implementer, unsigned part, unsigned variant, unsigned revision) {
  return implementer << 24 | variant << 20 | 0xf << 16 | part << 4 | revision;
}

TEST(Errata, ByMidr) {
  constexpr u64 kAt = HVK_EL2_F_SPEC_AT, kTlbi = HVK_EL2_F_REPEAT_TLBI, k834220 = HVK_EL2_F_834220;
  const struct {
    const char* name;
    uint32_t midr;
    u64 flags;
  } kTable[] = {
      {"A53 r0p4", midr(0x41, 0xd03, 0, 4), 0},
      {"A73 r0p2", midr(0x41, 0xd09, 0, 2), 0},
      {"A57 r0p0", midr(0x41, 0xd07, 0, 0), kAt | k834220},
      {"A57 r1p2, the last with 834220", midr(0x41, 0xd07, 1, 2), kAt | k834220},
      {"A57 r1p3", midr(0x41, 0xd07, 1, 3), kAt},
      {"A72 r0p3, of the Raspberry Pi 4", 0x410fd083, kAt},
      {"A72 r1p0", midr(0x41, 0xd08, 1, 0), kAt},
      {"A55 r0p0", midr(0x41, 0xd05, 0, 0), kAt | kTlbi},
      {"A55 r2p0, the last with 1530923", midr(0x41, 0xd05, 2, 0), kAt | kTlbi},
      {"A55 r2p1", midr(0x41, 0xd05, 2, 1), kTlbi},
      {"A76 r2p0, the last with 1165522", midr(0x41, 0xd0b, 2, 0), kAt | kTlbi},
      {"A76 r2p1", midr(0x41, 0xd0b, 2, 1), kTlbi},
      {"A76 r4p1, of the Raspberry Pi 5", midr(0x41, 0xd0b, 4, 1), kTlbi},
      {"A510 r1p1, the last with 2441009", midr(0x41, 0xd46, 1, 1), kTlbi},
      {"A510 r1p2", midr(0x41, 0xd46, 1, 2), 0},
      {"Neoverse N1", midr(0x41, 0xd0c, 3, 1), kTlbi},
      {"the part number of another implementer", midr(0x42, 0xd08, 0, 3), 0},
      {"Kryo 4xx Silver rdpe", midr(0x51, 0x805, 13, 14), kAt},
      {"Kryo 4xx Silver rdpf", midr(0x51, 0x805, 13, 15), 0},
      {"Kryo 4xx Gold rfpe, the last with 1286807", midr(0x51, 0x804, 15, 14), kTlbi},
      {"Kryo 4xx Gold rfpf", midr(0x51, 0x804, 15, 15), 0},
      {"Falkor v1 r0p0", midr(0x51, 0x800, 0, 0), kTlbi},
      {"Kryo 2xx", midr(0x51, 0x211, 1, 1), kTlbi},
      {"QEMU's max", midr(0x00, 0x051, 0, 0), 0},
  };
  for (const auto& t : kTable) EXPECT_EQ(hvk_errata_flags(t.midr), t.flags) << t.name;
}

}  // namespace
}  // namespace hvk::test
