// SPDX-License-Identifier: GPL-2.0-only
// What a SIGTERM leaves guests, on a clock that the test winds.
#include "config/grace.h"

#include <gtest/gtest.h>

namespace hvk {
namespace {

using Due = Grace::Due;

TEST(Grace, NothingIsDueBeforeItBegins) {
  const Grace grace(0);
  EXPECT_FALSE(grace.begun());
  EXPECT_EQ(grace.due(UINT64_MAX), Due::kNothing);
  EXPECT_EQ(grace.next(UINT64_MAX), 0u);
}

TEST(Grace, WhatIsDueWhen) {
  constexpr uint64_t kBegun = 1'000'000, kGrace = 10;
  struct {
    const char* name;
    uint64_t grace, now;
    Due due;
    uint64_t next;
  } const kTable[] = {
      {"at once", kGrace, kBegun, Due::kNothing, kBegun + 10},
      {"just before they should have looked", kGrace, kBegun + 9, Due::kNothing, kBegun + 10},
      {"they should have looked", kGrace, kBegun + 10, Due::kUnseen, kBegun + 60},
      {"just before they should be off", kGrace, kBegun + 59, Due::kUnseen, kBegun + 60},
      {"they should be off", kGrace, kBegun + 60, Due::kAll, 0},
      {"a late look at the clock", kGrace, kBegun + 1000, Due::kAll, 0},
      {"no grace at all", 0, kBegun, Due::kAll, 0},
      {"the longest", Grace::kMaxNs, kBegun, Due::kNothing, kBegun + Grace::kMaxNs},
  };
  for (const auto& row : kTable) {
    Grace grace(row.grace);
    grace.begin(kBegun);
    EXPECT_TRUE(grace.begun()) << row.name;
    EXPECT_EQ(grace.due(row.now), row.due) << row.name;
    EXPECT_EQ(grace.next(row.now), row.next) << row.name;
  }
}

// A second SIGTERM means something else, and gives no more time.
TEST(Grace, BeginsOnce) {
  Grace grace(10);
  grace.begin(100);
  grace.begin(105);
  EXPECT_EQ(grace.due(110), Due::kUnseen);
}

}  // namespace
}  // namespace hvk
