// SPDX-License-Identifier: GPL-2.0-only
// The physical PPI of the virtual timer around entries and exits: its active state is
// written when it must differ, and when what it is is no longer known.
#include <cstdint>
#include <string>

#include "vtimer_bench.h"

extern "C" {
#include "kmod/el2/image/el2_abi.h"
}

namespace hvk::test {
namespace {

std::string written;

class VtimerTest : public testing::Test {
 protected:
  VtimerTest() {
    written.clear();
    vtimer_bench_new();
  }
  // An entry that ends with `exit`, and the next one: what that writes.
  std::string next_entry_writes(int exit) {
    vtimer_bench_flush();
    vtimer_bench_sync(exit);
    written.clear();
    vtimer_bench_flush();
    return written;
  }
};

// An interrupt that ends guest mode may be this PPI: the host takes it and leaves it active,
// since it is marked as forwarded. An SError that came beside it changes nothing of that.
TEST_F(VtimerTest, PpiAfterAnExit) {
  const struct {
    const char* name;
    int exit;
    const char* expected;
  } kTable[] = {
      {"a trap", HVK_EXIT_SYNC, ""},
      {"a kick", HVK_EXIT_KICK, ""},
      {"an interrupt", HVK_EXIT_IRQ, "inactive "},
      {"an interrupt and an SError", HVK_EXIT_IRQ | HVK_EXIT_F_SERROR, "inactive "},
      {"a trap and an SError", HVK_EXIT_SYNC | HVK_EXIT_F_SERROR, ""},
      {"EL2 was lost, and with it what is known of the PPI", -11, "inactive "},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    EXPECT_EQ(next_entry_writes(t.exit), t.expected);
  }
}

TEST_F(VtimerTest, PpiFollowsTheLine) {
  vtimer_bench_flush();
  EXPECT_EQ(written, "inactive ") << "unknown at first";
  written.clear();
  vtimer_bench_arm(100, 1);
  vtimer_bench_count(99);
  vtimer_bench_flush();
  EXPECT_EQ(written, "");
  vtimer_bench_count(100);
  vtimer_bench_flush();
  EXPECT_EQ(written, "27 high active ");
  written.clear();
  vtimer_bench_arm(100, 3);  // masked
  vtimer_bench_sync(HVK_EXIT_SYNC);
  vtimer_bench_flush();
  EXPECT_EQ(written, "27 low inactive ");
}

// The count is the VM's: a physical timer of any vCPU may be due earlier than its hrtimer.
TEST_F(VtimerTest, AJumpOfCntpctIsEveryVcpus) {
  EXPECT_TRUE(vtimer_bench_set_ptimer_count(uint64_t{1} << 40));
}

}  // namespace
}  // namespace hvk::test

void bench_ppi_active(bool active) { hvk::test::written += active ? "active " : "inactive "; }

void bench_virtual_line(unsigned int intid, bool level) {
  hvk::test::written += std::to_string(intid) + (level ? " high " : " low ");
}
