// SPDX-License-Identifier: GPL-2.0-only
// How many pages a fault brings in for a guest that goes through its memory page by page.
#include <gtest/gtest.h>
#include <linux/types.h>

#include <algorithm>
#include <random>
#include <set>
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

// A guest's memory as it sees it: a page that is not there is a fault. What has come, and
// what was touched, is counted here, not by the streak that is tested.
struct Guest {
  hvk_streak s{};
  std::set<u64> there, touched;
  u64 next = 0;          // where the streak goes on, if it has begun
  unsigned brought = 0;  // by the streak so far

  // Touches a page. The host gives at most `given` pages; some may have gone again.
  void touch(u64 page, unsigned given) {
    touched.insert(page);
    if (there.contains(page)) return;
    if (page != next) brought = 0;
    const unsigned pages = hvk_streak_pages(&s, kRam + page * kPage);
    ASSERT_GE(pages, 1u);
    ASSERT_LE(pages - 1, HVK_STREAK_MAX - 1u);
    ASSERT_LE(pages - 1, brought);
    const unsigned got = std::min(pages, given);
    hvk_streak_add(&s, kRam + page * kPage, got);
    for (unsigned i = 0; i < got; i++) there.insert(page + i);
    next = page + got;
    brought += got;
  }
};

// Whatever the guest does, and however little the host gives: a fault brings in at most
// 15 pages ahead, and never more than its streak has brought in so far.
TEST(Streak, NeverMoreAheadThanTheStreakBroughtIn) {
  std::mt19937 random(1);
  Guest guest;
  for (int i = 0; i < 30000; i++) {
    const u64 page = random() % 4 ? guest.next : 1 + random() % 1000000;
    guest.touch(page, 1 + random() % HVK_STREAK_MAX);
    if (HasFatalFailure()) return;
    if (random() % 8 == 0) guest.there.erase(page);
  }
}

// The worst that a guest can do to its host: it touches only what has not come ahead, each
// time exactly where the streak goes on. Then 15 of 16 pages are nobody's.
TEST(Streak, WorstCase) {
  const std::vector<u64> kTouched = {0, 1, 3, 7, 15, 31, 47, 63, 79, 95};
  Guest guest;
  for (u64 page : kTouched) {
    EXPECT_FALSE(guest.there.contains(page)) << page;
    guest.touch(page, HVK_STREAK_MAX);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(guest.touched.size(), kTouched.size());
  EXPECT_EQ(guest.there.size(), 1u + 2 + 4 + 8 + 6 * 16);
}

}  // namespace
}  // namespace hvk::test
