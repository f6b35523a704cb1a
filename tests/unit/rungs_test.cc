// SPDX-License-Identifier: GPL-2.0-only
// The ladder's rungs: after one that was made to fail, EL2 has its structure again before
// anything is climbed.
#include <cerrno>

#include "rungs_bench.h"

namespace hvk::test {
namespace {

bool memory;

class Rungs : public testing::Test {
 protected:
  Rungs() {
    memory = true;
    rungs_bench_open();
  }
};

TEST_F(Rungs, UnmapForAFault) {
  EXPECT_EQ(rungs_bench_prepare(false), 0);
  EXPECT_TRUE(rungs_bench_mapped());
  rungs_bench_clean_up();
  EXPECT_EQ(rungs_bench_prepare(true), 0);
  EXPECT_FALSE(rungs_bench_mapped());
  rungs_bench_clean_up();
  EXPECT_TRUE(rungs_bench_mapped());
}

TEST_F(Rungs, ClimbNothingWithoutTheStructure) {
  ASSERT_EQ(rungs_bench_prepare(true), 0);
  memory = false;
  rungs_bench_clean_up();
  EXPECT_FALSE(rungs_bench_mapped());
  EXPECT_EQ(rungs_bench_prepare(false), -ENOMEM);
  EXPECT_EQ(rungs_bench_prepare(true), -ENOMEM);
  memory = true;
  EXPECT_EQ(rungs_bench_prepare(false), 0);
  EXPECT_TRUE(rungs_bench_mapped());
  rungs_bench_clean_up();
}

}  // namespace
}  // namespace hvk::test

extern "C" bool rungs_bench_memory(void) { return hvk::test::memory; }
