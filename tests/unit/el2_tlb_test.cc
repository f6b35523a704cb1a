// SPDX-License-Identifier: GPL-2.0-only
// TLB maintenance at EL2 on a recorded PE: with which VMID, and in which order.
#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kVttbr = 0x1234'0000'8000'0000, kHostVttbr = 0x1000;
constexpr u64 kIpa = 0x4000'3000;

class El2TlbTest : public testing::Test {
 protected:
  El2TlbTest() {
    pe_.cpu.saved.vttbr = kHostVttbr;
    pe_.reg["vttbr_el2"] = kHostVttbr;
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
      EXPECT_EQ(pe_.tlb(t.call, kVttbr, kIpa), u64{HVK_EL2_ANSWER});
      SCOPED_TRACE(pe_.translation());
      size_t change = pe_.find(translates);
      ASSERT_NE(change, El2Pe::npos);
      EXPECT_LT(pe_.find(t.barrier), change);
    }
  }
}

}  // namespace
}  // namespace hvk::test
