// SPDX-License-Identifier: GPL-2.0-only
// The decoder of exception syndromes (DDI 0487 D17.2.37).
extern "C" {
#include "kmod/base/esr.h"
}

namespace hvk::test {
namespace {

TEST(Esr, Class) {
  const struct {
    uint64_t esr;
    unsigned ec;
  } kTable[] = {
      {0x02000000, 0x00}, {0x07e00000, 0x01}, {0x5a000000, 0x16},      {0x62300000, 0x18},
      {0x93810007, 0x24}, {0xfe000000, 0x3f}, {0x1f'93810007ull, 0x24}};  // ISS2 (bits 55:32) is
                                                                          // not the class
  for (const auto& t : kTable) EXPECT_EQ(hvk_esr_ec(t.esr), t.ec) << std::hex << t.esr;
}

enum : unsigned {
  kIsv = 1,
  kSigned = 2,
  kX = 4,
  kAcqRel = 8,
  kFnv = 16,
  kExternal = 32,
  kCm = 64,
  kS1ptw = 128,
  kWrite = 256,
};

TEST(Esr, DataAbort) {
  const struct {
    const char* name;
    uint64_t esr;
    unsigned len, srt, fsc, flags;
  } kTable[] = {
      {"ldrb w0", 0x93000007, 1, 0, 7, kIsv},
      {"strb w1", 0x93010047, 1, 1, 7, kIsv | kWrite},
      {"ldrh w2", 0x93420006, 2, 2, 6, kIsv},
      {"str w30", 0x939e0047, 4, 30, 7, kIsv | kWrite},
      {"ldr x3", 0x93c38005, 8, 3, 5, kIsv | kX},
      {"str xzr", 0x93df8047, 8, 31, 7, kIsv | kX | kWrite},
      {"ldrsb x4", 0x93248007, 1, 4, 7, kIsv | kSigned | kX},
      {"ldrsh w5", 0x93650007, 2, 5, 7, kIsv | kSigned},
      {"ldrsw x6", 0x93a68007, 4, 6, 7, kIsv | kSigned | kX},
      {"ldar w7", 0x93874007, 4, 7, 7, kIsv | kAcqRel},
      {"no syndrome, load", 0x92000007, 1, 0, 7, 0},
      {"no syndrome, store", 0x92000047, 1, 0, 7, kWrite},
      {"dc civac", 0x92000147, 1, 0, 7, kCm | kWrite},
      {"table walk", 0x92000085, 1, 0, 5, kS1ptw},
      {"table walk, external", 0x92000295, 1, 0, 0x15, kS1ptw | kExternal},
      {"FAR not valid", 0x92000410, 1, 0, 0x10, kFnv},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    const hvk_dabt d = hvk_esr_dabt(t.esr);
    EXPECT_EQ(d.isv, (t.flags & kIsv) != 0);
    EXPECT_EQ(d.len, t.len);
    EXPECT_EQ(d.srt, t.srt);
    EXPECT_EQ(d.fsc, t.fsc);
    EXPECT_EQ(d.sign_extend, (t.flags & kSigned) != 0);
    EXPECT_EQ(d.sixty_four, (t.flags & kX) != 0);
    EXPECT_EQ(d.acqrel, (t.flags & kAcqRel) != 0);
    EXPECT_EQ(d.far_valid, !(t.flags & kFnv));
    EXPECT_EQ(d.external, (t.flags & kExternal) != 0);
    EXPECT_EQ(d.cm, (t.flags & kCm) != 0);
    EXPECT_EQ(d.s1ptw, (t.flags & kS1ptw) != 0);
    EXPECT_EQ(d.is_write, (t.flags & kWrite) != 0);
  }
}

TEST(Esr, SystemRegister) {
  const struct {
    const char* name;
    uint64_t esr;
    unsigned op0, op1, crn, crm, op2, rt;
    bool read;
  } kTable[] = {
      {"mrs x0, id_aa64pfr0_el1", 0x62300009, 3, 0, 0, 4, 0, 0, true},
      {"mrs x7, id_aa64isar1_el1", 0x623200ed, 3, 0, 0, 6, 1, 7, true},
      {"msr cntp_tval_el0, x1", 0x6230f824, 3, 3, 14, 2, 0, 1, false},
      {"msr oslar_el1, xzr", 0x622807e0, 2, 0, 1, 0, 4, 31, false},
      {"dc cisw, x9", 0x62141d3c, 1, 0, 7, 14, 2, 9, false},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    const hvk_sys64 s = hvk_esr_sys64(t.esr);
    EXPECT_EQ(s.enc, static_cast<u32>(HVK_SYSREG(t.op0, t.op1, t.crn, t.crm, t.op2)));
    EXPECT_EQ(s.rt, t.rt);
    EXPECT_EQ(s.read, t.read);
  }
}

}  // namespace
}  // namespace hvk::test
