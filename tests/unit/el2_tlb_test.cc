// SPDX-License-Identifier: GPL-2.0-only
// TLB maintenance at EL2 on a recorded PE: with which VMID, and in which order.
#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kVttbr = 0x1234'0000'8000'0000, kHostVttbr = 0x1000;
constexpr u64 kIpa = 0x4000'3000;
constexpr u64 kVtcrVs = 1 << 19;
constexpr u64 kVtcr = 0x8002'3558 | kVtcrVs, kHostVtcr = 0x8000'0000;

class El2TlbTest : public testing::Test {
 protected:
  El2TlbTest() {
    pe_.cpu.saved.vttbr = kHostVttbr;
    pe_.cpu.saved.vtcr = kHostVtcr;
    pe_.reg["vttbr_el2"] = kHostVttbr;
    pe_.reg["vtcr_el2"] = kHostVtcr;
    pe_.reg["tcr_el1"] = 0x32b5503510;
  }
  El2Pe pe_;
};

const struct {
  const char* name;
  u64 call;
  const char* barrier;  // what comes first
} kCalls[] = {
    {"an IPA", HVK_EL2_CALL_TLBI_IPA, "dsb ish"},
    {"a VMID", HVK_EL2_CALL_TLBI_VMID, "dsb ish"},
    {"a VMID, here", HVK_EL2_CALL_TLBI_LOCAL, "dsb nsh"},
};

// The host's walks end before its VMID goes (DDI 0487 D8.1.5, R_LFHQG); and in
// what reaches other PEs, the tables' stores are seen there.
TEST_F(El2TlbTest, WalksEndBeforeTheVmidChanges) {
  for (const auto& t : kCalls) {
    for (u64 flags : {u64{0}, u64{HVK_EL2_F_SPEC_AT}}) {
      SCOPED_TRACE(t.name);
      pe_.cpu.flags = flags;
      pe_.forget();
      EXPECT_EQ(pe_.tlb(t.call, kVttbr, kVtcr, kIpa), u64{HVK_EL2_ANSWER});
      SCOPED_TRACE(pe_.translation());
      size_t change = pe_.find(translates);
      ASSERT_NE(change, El2Pe::npos);
      EXPECT_LT(pe_.find(t.barrier), change);
    }
  }
}

// Which VMID a TLBI means is said by VTTBR and, for its width, by VTCR.VS: both are the
// VM's, synchronised by an ISB, at each of them; and the host's again at the end.
TEST_F(El2TlbTest, VmidHasTheVmsWidth) {
  for (const auto& t : kCalls) {
    for (u64 flags : {u64{0}, u64{HVK_EL2_F_SPEC_AT}}) {
      SCOPED_TRACE(t.name);
      pe_.cpu.flags = flags;
      pe_.forget();
      u64 tcr = pe_.reg["tcr_el1"];
      pe_.tlb(t.call, kVttbr, kVtcr, kIpa);
      SCOPED_TRACE(pe_.translation());
      u64 vttbr = kHostVttbr, vtcr = kHostVtcr;
      bool synchronised = false;
      unsigned tlbis = 0;
      for (const auto& [what, value] : pe_.events()) {
        if (what == "msr vttbr_el2") vttbr = value, synchronised = false;
        if (what == "msr vtcr_el2") vtcr = value, synchronised = false;
        if (what == "isb") synchronised = true;
        if (!what.starts_with("tlbi")) continue;
        tlbis++;
        EXPECT_EQ(vttbr, kVttbr) << what;
        EXPECT_EQ(vtcr, kVtcr) << what;
        EXPECT_TRUE(synchronised) << what;
      }
      EXPECT_GT(tlbis, 0u);
      EXPECT_EQ(pe_.reg["vttbr_el2"], kHostVttbr);
      EXPECT_EQ(pe_.reg["vtcr_el2"], kHostVtcr);
      EXPECT_EQ(pe_.reg["tcr_el1"], tcr);
      EXPECT_EQ(pe_.events().back().what, "isb");
    }
  }
}

// Where a PE of the system has an erratum by which a TLBI is complete too early, each
// broadcast one is done and waited for twice; what stays on this PE is not concerned.
TEST_F(El2TlbTest, RepeatedWhereAnErratumAsksForIt) {
  const struct {
    const char* name;
    u64 call;
    const char *once, *twice;
  } kTable[] = {
      {"an IPA", HVK_EL2_CALL_TLBI_IPA, "tlbi ipas2e1is; dsb ish; tlbi vmalle1is; dsb ish; ",
       "tlbi ipas2e1is; dsb ish; tlbi ipas2e1is; dsb ish; "
       "tlbi vmalle1is; dsb ish; tlbi vmalle1is; dsb ish; "},
      {"a VMID", HVK_EL2_CALL_TLBI_VMID, "tlbi vmalls12e1is; dsb ish; ",
       "tlbi vmalls12e1is; dsb ish; tlbi vmalls12e1is; dsb ish; "},
      {"a VMID, here", HVK_EL2_CALL_TLBI_LOCAL, "tlbi vmalle1; dsb nsh; ",
       "tlbi vmalle1; dsb nsh; "},
      {"every VMID", HVK_EL2_CALL_TLBI_ALL, "tlbi alle1is; dsb ish; dsb ish; ",
       "tlbi alle1is; dsb ish; tlbi alle1is; dsb ish; dsb ish; "},
      {"EL2's own", HVK_EL2_CALL_TLBI_EL2, "tlbi alle2is; dsb ish; ",
       "tlbi alle2is; dsb ish; tlbi alle2is; dsb ish; "},
  };
  for (const auto& t : kTable) {
    for (bool repeat : {false, true}) {
      SCOPED_TRACE(t.name);
      pe_.forget();
      pe_.tlb(t.call, kVttbr, kVtcr, kIpa, repeat ? HVK_EL2_F_REPEAT_TLBI : 0);
      std::string done;
      for (const auto& event : pe_.events()) {
        if (event.what.starts_with("tlbi") || (!done.empty() && event.what.starts_with("dsb")))
          done += event.what + "; ";
      }
      EXPECT_EQ(done, repeat ? t.twice : t.once);
    }
  }
}

// The IPA is in the argument in units of 4 KiB.
TEST_F(El2TlbTest, IpaOfTheArgument) {
  pe_.tlb(HVK_EL2_CALL_TLBI_IPA, kVttbr, kVtcr, kIpa);
  size_t at = pe_.find("tlbi ipas2e1is");
  ASSERT_NE(at, El2Pe::npos);
  EXPECT_EQ(pe_.events()[at].value, kIpa >> 12);
}

}  // namespace
}  // namespace hvk::test
