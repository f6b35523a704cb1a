// SPDX-License-Identifier: GPL-2.0-only
// The world switch on a recorded PE: in which order host and guest change places.
#include "el2_pe.h"

namespace hvk::test {
namespace {

constexpr u64 kVttbr = 0x0007'0000'8000'0000, kHostVttbr = 0x1000;

class El2SwitchTest : public testing::Test {
 protected:
  El2SwitchTest() {
    pe_.ctx.cfg.vttbr = kVttbr;
    pe_.cpu.saved.vttbr = kHostVttbr;
  }
  void enter() {
    pe_.forget();
    ASSERT_EQ(pe_.enter(), 0u);
  }
  El2Pe pe_;
};

// A walk that the host started may still be under way at EL2: it ends (DSB) before a
// register that it uses changes (DDI 0487 D8.1.5, R_LFHQG). Where an exit begins,
// entry.S has such a DSB; after a fault of EL2 there was none.
TEST_F(El2SwitchTest, WalksEndBeforeTheirRegistersChange) {
  const struct {
    const char* name;
    u64 flags;
    bool abandon;
  } kTable[] = {
      {"into the guest", 0, false},
      {"into the guest, speculative AT", HVK_EL2_F_SPEC_AT, false},
      {"a fault of EL2 with the guest loaded", 0, true},
      {"the same, speculative AT", HVK_EL2_F_SPEC_AT, true},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    pe_.cpu.flags = t.flags;
    enter();
    if (t.abandon) {
      pe_.forget();
      pe_.abandon();
    }
    SCOPED_TRACE(pe_.translation());
    size_t change = pe_.find(translates);
    ASSERT_NE(change, El2Pe::npos);
    EXPECT_LT(pe_.find("dsb nsh"), change);
  }
}

}  // namespace
}  // namespace hvk::test
