// SPDX-License-Identifier: GPL-2.0-only
// How many pages a fault brings in for a guest that goes through its memory page by page.
#include <gtest/gtest.h>
#include <linux/types.h>

#include <random>
#include <vector>

using u64 = __u64;  // as the kernel's
extern "C" {
#include "kmod/memory/streak.h"
}

namespace hvk::test {
namespace {

constexpr u64 kRam = 0x40000000, kPage = HVK_S2_PAGE_SIZE;

// Faults at these pages: what each brings in.
std::vector<unsigned> brought(const std::vector<u64>& pages) {
  hvk_streak s{};
  std::vector<unsigned> found;
  for (u64 page : pages) {
    u64 ipa = kRam + page * kPage;
    found.push_back(hvk_streak_pages(&s, ipa));
    hvk_streak_add(&s, ipa, found.back());
  }
  return found;
}

TEST(Streak, Pages) {
  using Pages = std::vector<u64>;
  const struct {
    const char* name;
    Pages faults;
    std::vector<unsigned> expected;
  } kTable[] = {
      {"the first page is alone", {0}, {1}},
      {"each fault doubles it", {0, 1, 3, 7, 15}, {1, 2, 4, 8, 16}},
      {"up to the limit", {0, 1, 3, 7, 15, 31, 47}, {1, 2, 4, 8, 16, 16, 16}},
      {"somewhere else it begins anew", {0, 1, 3, 100, 101, 103}, {1, 2, 4, 1, 2, 4}},
      {"what was brought in and has gone again is no sequence", {0, 1, 3, 4}, {1, 2, 4, 1}},
      {"one page again and again", {5, 5, 5, 5}, {1, 1, 1, 1}},
      {"backwards", {9, 8, 7, 6}, {1, 1, 1, 1}},
      {"every second page", {0, 2, 4, 6}, {1, 1, 1, 1}},
      {"two sequences in turn", {0, 100, 1, 101}, {1, 1, 1, 1}},
  };
  for (const auto& t : kTable) EXPECT_EQ(brought(t.faults), t.expected) << t.name;
}

TEST(Streak, FewerThanWanted) {
  hvk_streak s{};
  hvk_streak_add(&s, kRam, 1);
  EXPECT_EQ(hvk_streak_pages(&s, kRam + kPage), 2u);
  hvk_streak_add(&s, kRam + kPage, 1);
  EXPECT_EQ(hvk_streak_pages(&s, kRam + 2 * kPage), 3u);
  EXPECT_EQ(hvk_streak_pages(&s, kRam + 3 * kPage), 1u);
}

TEST(Streak, End) {
  hvk_streak s{};
  hvk_streak_add(&s, kRam, 1);
  hvk_streak_end(&s);
  EXPECT_EQ(hvk_streak_pages(&s, kRam + kPage), 1u);
  EXPECT_EQ(hvk_streak_pages(&s, 0), 1u);
}

// Whatever the guest does, and however little the host gives: no fault brings in more
// ahead than the streak has asked for.
TEST(Streak, NeverMoreAheadThanAskedFor) {
  std::mt19937 random(1);
  hvk_streak s{};
  u64 next = 0;
  for (int i = 0; i < 100000; i++) {
    bool on = random() % 4;
    u64 page = on ? next : random() % 100000;
    bool in_streak = kRam + page * kPage == s.next;
    unsigned pages = hvk_streak_pages(&s, kRam + page * kPage);
    u64 asked = in_streak ? (s.next - s.start) / kPage + 1 : 1;
    ASSERT_GE(pages, 1u);
    ASSERT_LE(pages, HVK_STREAK_MAX);
    ASSERT_LE(pages - 1, asked);
    unsigned got = 1 + random() % pages;
    hvk_streak_add(&s, kRam + page * kPage, got);
    next = page + got;
  }
}

}  // namespace
}  // namespace hvk::test
