// SPDX-License-Identifier: GPL-2.0-only
// The decoder of loads and stores. The words are what the assembler makes of
// the text beside them.
#include <random>

extern "C" {
#include "kmod/trap/insn.h"
}

namespace hvk::test {
namespace {

enum : unsigned {
  kStore = 1,
  kSigned = 2,
  kX = 4,  // an X register
  kWriteback = 8,
  kPost = 16,
  kRegOffset = 32,
};
constexpr int kNone = -1;

struct Good {
  const char* text;
  uint32_t word;
  unsigned len;  // bytes
  int rt, rt2;
  unsigned rn;
  int imm;  // bytes
  unsigned flags;
};

constexpr Good kGood[] = {
    {"strb w1, [x2]", 0x39000041, 1, 1, kNone, 2, 0, kStore},
    {"strh w1, [x2]", 0x79000041, 2, 1, kNone, 2, 0, kStore},
    {"str w1, [x2]", 0xb9000041, 4, 1, kNone, 2, 0, kStore},
    {"str x1, [x2]", 0xf9000041, 8, 1, kNone, 2, 0, kStore | kX},
    {"ldrb w1, [x2]", 0x39400041, 1, 1, kNone, 2, 0, 0},
    {"ldrh w1, [x2]", 0x79400041, 2, 1, kNone, 2, 0, 0},
    {"ldr w1, [x2]", 0xb9400041, 4, 1, kNone, 2, 0, 0},
    {"ldr x1, [x2]", 0xf9400041, 8, 1, kNone, 2, 0, kX},
    {"ldrsb w1, [x2]", 0x39c00041, 1, 1, kNone, 2, 0, kSigned},
    {"ldrsb x1, [x2]", 0x39800041, 1, 1, kNone, 2, 0, kSigned | kX},
    {"ldrsh w1, [x2]", 0x79c00041, 2, 1, kNone, 2, 0, kSigned},
    {"ldrsh x1, [x2]", 0x79800041, 2, 1, kNone, 2, 0, kSigned | kX},
    {"ldrsw x1, [x2]", 0xb9800041, 4, 1, kNone, 2, 0, kSigned | kX},
    {"str wzr, [sp]", 0xb90003ff, 4, 31, kNone, 31, 0, kStore},
    {"ldr x30, [sp, #32760]", 0xf97ffffe, 8, 30, kNone, 31, 32760, kX},
    {"ldr w1, [x2, #16380]", 0xb97ffc41, 4, 1, kNone, 2, 16380, 0},
    {"ldrb w3, [x4], #1", 0x38401483, 1, 3, kNone, 4, 1, kWriteback | kPost},
    {"ldrb w3, [x4, #1]!", 0x38401c83, 1, 3, kNone, 4, 1, kWriteback},
    {"ldrh w3, [x4], #-2", 0x785fe483, 2, 3, kNone, 4, -2, kWriteback | kPost},
    {"ldr w3, [x4], #4", 0xb8404483, 4, 3, kNone, 4, 4, kWriteback | kPost},
    {"ldr w3, [x4, #-256]!", 0xb8500c83, 4, 3, kNone, 4, -256, kWriteback},
    {"ldr x3, [x4, #255]!", 0xf84ffc83, 8, 3, kNone, 4, 255, kX | kWriteback},
    {"ldr x3, [sp], #16", 0xf84107e3, 8, 3, kNone, 31, 16, kX | kWriteback | kPost},
    {"str x3, [sp, #-16]!", 0xf81f0fe3, 8, 3, kNone, 31, -16, kStore | kX | kWriteback},
    {"strb w3, [x4], #1", 0x38001483, 1, 3, kNone, 4, 1, kStore | kWriteback | kPost},
    {"strh w3, [x4, #2]!", 0x78002c83, 2, 3, kNone, 4, 2, kStore | kWriteback},
    {"str w3, [x4], #-4", 0xb81fc483, 4, 3, kNone, 4, -4, kStore | kWriteback | kPost},
    {"str xzr, [x4], #8", 0xf800849f, 8, 31, kNone, 4, 8, kStore | kX | kWriteback | kPost},
    {"ldrsb x3, [x4], #1", 0x38801483, 1, 3, kNone, 4, 1, kSigned | kX | kWriteback | kPost},
    {"ldrsb w3, [x4, #-1]!", 0x38dffc83, 1, 3, kNone, 4, -1, kSigned | kWriteback},
    {"ldrsh x3, [x4], #2", 0x78802483, 2, 3, kNone, 4, 2, kSigned | kX | kWriteback | kPost},
    {"ldrsh w3, [x4], #2", 0x78c02483, 2, 3, kNone, 4, 2, kSigned | kWriteback | kPost},
    {"ldrsw x3, [x4, #4]!", 0xb8804c83, 4, 3, kNone, 4, 4, kSigned | kX | kWriteback},
    {"ldur w3, [x4, #-3]", 0xb85fd083, 4, 3, kNone, 4, -3, 0},
    {"stur x3, [x4, #7]", 0xf8007083, 8, 3, kNone, 4, 7, kStore | kX},
    {"ldursw x3, [x4, #-4]", 0xb89fc083, 4, 3, kNone, 4, -4, kSigned | kX},
    {"ldtr w3, [x4, #8]", 0xb8408883, 4, 3, kNone, 4, 8, 0},
    {"sttrb w3, [x4, #-8]", 0x381f8883, 1, 3, kNone, 4, -8, kStore},
    {"ldr w3, [x4, x5]", 0xb8656883, 4, 3, kNone, 4, 0, kRegOffset},
    {"ldr x3, [x4, w5, uxtw #3]", 0xf8655883, 8, 3, kNone, 4, 0, kX | kRegOffset},
    {"strh w3, [x4, x5, lsl #1]", 0x78257883, 2, 3, kNone, 4, 0, kStore | kRegOffset},
    {"ldrsb w3, [x4, x5]", 0x38e56883, 1, 3, kNone, 4, 0, kSigned | kRegOffset},
    {"ldp w3, w4, [x5]", 0x294010a3, 4, 3, 4, 5, 0, 0},
    {"ldp x3, x4, [x5]", 0xa94010a3, 8, 3, 4, 5, 0, kX},
    {"ldp x3, x4, [x5], #16", 0xa8c110a3, 8, 3, 4, 5, 16, kX | kWriteback | kPost},
    {"ldp x3, x4, [x5, #-16]!", 0xa9ff10a3, 8, 3, 4, 5, -16, kX | kWriteback},
    {"ldp w3, w4, [x5, #252]", 0x295f90a3, 4, 3, 4, 5, 252, 0},
    {"ldp x3, x4, [x5, #-512]", 0xa96010a3, 8, 3, 4, 5, -512, kX},
    {"ldpsw x3, x4, [x5]", 0x694010a3, 4, 3, 4, 5, 0, kSigned | kX},
    {"ldpsw x3, x4, [x5], #8", 0x68c110a3, 4, 3, 4, 5, 8, kSigned | kX | kWriteback | kPost},
    {"stp w3, w4, [x5], #-8", 0x28bf10a3, 4, 3, 4, 5, -8, kStore | kWriteback | kPost},
    {"stp x3, x4, [sp, #-16]!", 0xa9bf13e3, 8, 3, 4, 31, -16, kStore | kX | kWriteback},
    {"stp xzr, xzr, [x5]", 0xa9007cbf, 8, 31, 31, 5, 0, kStore | kX},
    {"stp x3, x3, [x5]", 0xa9000ca3, 8, 3, 3, 5, 0, kStore | kX},
    {"stp x29, x30, [sp, #504]", 0xa91ffbfd, 8, 29, 30, 31, 504, kStore | kX},
    {"ldnp x3, x4, [x5]", 0xa84010a3, 8, 3, 4, 5, 0, kX},
    {"stnp w3, w4, [x5, #8]", 0x280110a3, 4, 3, 4, 5, 8, kStore},
};

TEST(Insn, LoadsAndStores) {
  for (const Good& g : kGood) {
    SCOPED_TRACE(g.text);
    hvk_insn insn;
    ASSERT_EQ(hvk_insn_decode(g.word, &insn), 0);
    EXPECT_EQ(insn.nr, g.rt2 == kNone ? 1 : 2);
    EXPECT_EQ(insn.len, g.len);
    EXPECT_EQ(insn.rt[0], g.rt);
    if (g.rt2 != kNone) {
      EXPECT_EQ(insn.rt[1], g.rt2);
    }
    EXPECT_EQ(insn.rn, g.rn);
    EXPECT_EQ(insn.is_write, (g.flags & kStore) != 0);
    EXPECT_EQ(insn.writeback, (g.flags & kWriteback) != 0);
    EXPECT_EQ(insn.post_index, (g.flags & kPost) != 0);
    EXPECT_EQ(insn.imm_valid, !(g.flags & kRegOffset));
    if (insn.imm_valid) {
      EXPECT_EQ(insn.imm, g.imm);
    }
    // Stores have no destination to extend to.
    if (!insn.is_write) {
      EXPECT_EQ(insn.sign_extend, (g.flags & kSigned) != 0);
      EXPECT_EQ(insn.sixty_four, (g.flags & kX) != 0);
    }
  }
}

TEST(Insn, Refused) {
  const struct {
    const char* text;
    uint32_t word;
  } kTable[] = {
      {"ldr s1, [x2]", 0xbd400041},
      {"str q1, [x2]", 0x3d800041},
      {"ldp q1, q2, [x2]", 0xad400841},
      {"ldr d1, [x2], #8", 0xfc408441},
      {"prfm pldl1keep, [x2]", 0xf9800040},
      {"prfum pldl1keep, [x2, #1]", 0xf8801040},
      {"prfm pldl1keep, [x2, x3]", 0xf8a36840},
      {"ldr x1, .+8", 0x58000041},
      {"ldxr w1, [x2]", 0x885f7c41},
      {"stxr w3, w1, [x2]", 0x88037c41},
      {"ldar w1, [x2]", 0x88dffc41},
      {"stlr w1, [x2]", 0x889ffc41},
      {"ldaxp x1, x3, [x2]", 0xc87f8c41},
      {"cas w1, w2, [x3]", 0x88a17c62},
      {"swp w1, w2, [x3]", 0xb8218062},
      {"ldadd w1, w2, [x3]", 0xb8210062},
      {"dc zva, x1", 0xd50b7421},
      {"ldraa x1, [x2]", 0xf8200441},
      {"ldapur w1, [x2]", 0x99400041},
      {"st1 {v0.16b}, [x1]", 0x4c007020},
      {"ldp s1, s2, [x3]", 0x2d400861},
      {"add x1, x2, x3", 0x8b030041},
      {"mrs x1, sctlr_el1", 0xd5381001},
      {"b .", 0x14000000},
      {"nop", 0xd503201f},
      {"stgp x1, x2, [x3]", 0x69000861},
      {"ldr x4, [x4], #8 (base clobbered)", 0xf8408484},
      {"str x4, [x4, #8]! (base clobbered)", 0xf8008c84},
      {"ldp x5, x4, [x5], #16 (base clobbered)", 0xa8c110a5},
      {"stp x3, x5, [x5], #16 (base clobbered)", 0xa88114a3},
      {"ldp x3, x3, [x5] (one register twice)", 0xa9400ca3},
      {"pair, opc 3", 0xe94010a3},
      {"non-temporal pair, opc 1", 0x684010a3},
      {"size 2, opc 3", 0xb9c00041},
      {"all zeroes", 0x00000000},
      {"all ones", 0xffffffff},
  };
  for (const auto& t : kTable) {
    hvk_insn insn;
    EXPECT_EQ(hvk_insn_decode(t.word, &insn), -EINVAL) << t.text;
  }
}

// Whatever a guest has at its PC, what comes out can be carried out.
TEST(Insn, AnyWordIsRefusedOrSound) {
  std::mt19937 random(1);
  for (int i = 0; i < 2'000'000; i++) {
    // Mostly within the two classes.
    uint32_t word = random();
    if (i & 1) word = (word & ~0x3c000000u) | (i & 2 ? 0x38000000u : 0x28000000u);
    hvk_insn insn;
    if (hvk_insn_decode(word, &insn)) continue;
    SCOPED_TRACE(word);
    ASSERT_TRUE(insn.nr == 1 || insn.nr == 2);
    ASSERT_TRUE(insn.len == 1 || insn.len == 2 || insn.len == 4 || insn.len == 8);
    ASSERT_LE(insn.rt[0], 31);
    ASSERT_LE(insn.rt[1], 31);
    ASSERT_LE(insn.rn, 31);
    ASSERT_TRUE(insn.imm_valid || (insn.nr == 1 && !insn.writeback));
    ASSERT_TRUE(!insn.post_index || insn.writeback);
  }
}

}  // namespace
}  // namespace hvk::test
