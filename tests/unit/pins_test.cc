// SPDX-License-Identifier: GPL-2.0-only
// Guest memory that is pinned: what is charged and refused, which page the guest gets,
// and that nothing stays pinned or charged. (What is allocated is ASan's to see.)
#include <cerrno>
#include <cstdint>

#include "pins_bench.h"

namespace hvk::test {
namespace {

constexpr uint64_t kPage = 4096;
constexpr unsigned kBlock = 512;  // pages

hvk_pins* create(uint64_t pages, bool writable = true) {
  int err = 0;
  hvk_pins* pins = pins_bench_create(pages, writable, &err);
  EXPECT_EQ(err, 0);
  return pins;
}

void map(unsigned first, unsigned count, unsigned frame, pins_bench_right right) {
  for (unsigned i = 0; i < count; ++i) pins_bench_map(first + i, frame + i, right);
}

TEST(Pins, ChargesASlotAsAWhole) {
  struct Case {
    const char* name;
    uint64_t limit;  // bytes
    bool may_exceed;
    uint64_t has, wants;  // pages
    int err;
  };
  const Case cases[] = {
      {"within the limit", 8 << 20, false, 0, 2048, 0},
      {"one page more", 8 << 20, false, 0, 2049, -ENOMEM},
      {"what is left of it", 8 << 20, false, 2000, 48, 0},
      {"more than is left", 8 << 20, false, 2000, 49, -ENOMEM},
      {"a part of a page does not count", kPage + 100, false, 0, 2, -ENOMEM},
      {"no limit", UINT64_MAX, false, 0, UINT64_C(1) << 31, 0},
      {"no memory at all", 0, false, 0, 1, -ENOMEM},
      {"who may lock more", 0, true, 10, UINT64_C(1) << 31, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    pins_bench_open(c.limit, c.may_exceed);
    hvk_pins* before = c.has ? create(c.has) : nullptr;
    int err = 0;
    hvk_pins* pins = pins_bench_create(c.wants, true, &err);
    EXPECT_EQ(err, c.err);
    EXPECT_EQ(pins_bench_charged(), static_cast<int64_t>(c.has + (c.err ? 0 : c.wants)));
    pins_bench_destroy(pins);
    EXPECT_EQ(pins_bench_charged(), static_cast<int64_t>(c.has));
    pins_bench_destroy(before);
    EXPECT_EQ(pins_bench_charged(), 0);
  }
}

TEST(Pins, PinsAPageOnceAndForAsLongAsTheSlotLives) {
  pins_bench_open(UINT64_MAX, false);
  hvk_pins* pins = create(2048);
  map(0, 2048, 100, PINS_BENCH_WRITE);
  for (const unsigned index : {0u, 1u, 511u, 512u, 2047u, 0u, 2047u}) {
    EXPECT_EQ(pins_bench_page(pins, index, index), static_cast<int>(100 + index));
    EXPECT_EQ(pins_bench_pinned(100 + index), 1);
  }
  EXPECT_EQ(pins_bench_all_pinned(), 5);
  // The process has something else there now; the guest keeps what it had.
  pins_bench_map(1, 5000, PINS_BENCH_WRITE);
  EXPECT_EQ(pins_bench_page(pins, 1, 1), 101);
  pins_bench_map(1, 0, PINS_BENCH_NONE);
  EXPECT_EQ(pins_bench_page(pins, 1, 1), 101);
  pins_bench_destroy(pins);
  EXPECT_EQ(pins_bench_all_pinned(), 0);
  EXPECT_TRUE(pins_bench_dirty(101));
  EXPECT_FALSE(pins_bench_dirty(102)) << "never touched";
}

TEST(Pins, GivesTheGuestAPageThatTheProcessSharesWithIt) {
  struct Case {
    const char* name;
    bool guest_writes;
    pins_bench_right right;
    int got;  // frame, or -errno
    bool dirty;
  };
  const Case cases[] = {
      {"RAM", true, PINS_BENCH_WRITE, 7, true},
      {"RAM that the process may only read", true, PINS_BENCH_READ, -EFAULT, false},
      {"RAM, nothing there", true, PINS_BENCH_NONE, -EFAULT, false},
      {"ROM that the process writes", false, PINS_BENCH_WRITE, 7, false},
      {"ROM that it may only read", false, PINS_BENCH_READ, 7, false},
      {"ROM, nothing there", false, PINS_BENCH_NONE, -EFAULT, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    pins_bench_open(UINT64_MAX, false);
    hvk_pins* pins = create(16, c.guest_writes);
    pins_bench_map(3, 7, c.right);
    EXPECT_EQ(pins_bench_page(pins, 3, 3), c.got);
    EXPECT_EQ(pins_bench_pinned(7), c.got == 7);
    pins_bench_destroy(pins);
    EXPECT_EQ(pins_bench_all_pinned(), 0);
    EXPECT_EQ(pins_bench_dirty(7), c.dirty);
  }
}

TEST(Pins, TellsErrorsAndHoldsNothingAfterThem) {
  pins_bench_open(UINT64_MAX, false);
  for (const bool writable : {true, false}) {
    hvk_pins* pins = create(16, writable);
    pins_bench_map(0, 7, PINS_BENCH_WRITE);
    for (const int err : {-EINTR, -ENOMEM, -EAGAIN}) {
      pins_bench_fail(err);
      EXPECT_EQ(pins_bench_page(pins, 0, 0), err);
    }
    pins_bench_fail(0);
    pins_bench_ram(7);
    EXPECT_EQ(pins_bench_page(pins, 0, 0), -EFAULT) << "memory without a kernel mapping";
    EXPECT_EQ(pins_bench_all_pinned(), 0);
    pins_bench_ram(8);
    EXPECT_EQ(pins_bench_page(pins, 0, 0), 7) << "an error is not remembered";
    pins_bench_destroy(pins);
    EXPECT_EQ(pins_bench_all_pinned(), 0);
  }
}

TEST(Pins, OfTwoThreadsTheFirstOnesPageIsTheGuests) {
  pins_bench_open(UINT64_MAX, false);
  hvk_pins* pins = create(16);
  pins_bench_map(3, 7, PINS_BENCH_WRITE);
  // Between the two the process has put another page there.
  pins_bench_race(pins, 3, 8);
  EXPECT_EQ(pins_bench_page(pins, 3, 3), 8);
  EXPECT_EQ(pins_bench_pinned(8), 1);
  EXPECT_EQ(pins_bench_pinned(7), 0);
  // Both may have found the same one.
  pins_bench_map(4, 9, PINS_BENCH_WRITE);
  pins_bench_race(pins, 4, 9);
  EXPECT_EQ(pins_bench_page(pins, 4, 4), 9);
  EXPECT_EQ(pins_bench_pinned(9), 1);
  pins_bench_destroy(pins);
  EXPECT_EQ(pins_bench_all_pinned(), 0);
}

TEST(Pins, ABlockIsWhatLiesSideBySide) {
  struct Case {
    const char* name;
    uint64_t index;  // of its first page in the slot
    unsigned odd;    // a page of the block, and what is there
    unsigned frame;
    pins_bench_right right;
    bool block;
  };
  const Case cases[] = {
      {"in order", 512, 0, 1000, PINS_BENCH_WRITE, true},
      {"in two tables", 700, 0, 1000, PINS_BENCH_WRITE, true},
      {"another page in the middle", 512, 300, 4000, PINS_BENCH_WRITE, false},
      {"another page at the end", 512, 511, 4000, PINS_BENCH_WRITE, false},
      {"a hole", 512, 17, 0, PINS_BENCH_NONE, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    pins_bench_open(UINT64_MAX, false);
    hvk_pins* pins = create(2048);
    map(c.index, kBlock, 1000, PINS_BENCH_WRITE);
    pins_bench_map(c.index + c.odd, c.frame, c.right);
    EXPECT_EQ(pins_bench_page(pins, c.index, c.index), 1000);
    EXPECT_EQ(pins_bench_block(pins, c.index, c.index), c.block);
    EXPECT_EQ(pins_bench_block(pins, c.index, c.index), c.block) << "once more";
    if (c.block) {
      EXPECT_EQ(pins_bench_all_pinned(), static_cast<int>(kBlock));
    }
    pins_bench_destroy(pins);
    EXPECT_EQ(pins_bench_all_pinned(), 0);
  }
}

TEST(Pins, NothingStaysPinnedOfAProcessThatHasGone) {
  pins_bench_open(UINT64_MAX, false);
  hvk_pins* pins = create(2048);
  map(0, 2048, 100, PINS_BENCH_WRITE);
  for (unsigned i = 0; i < 2048; i += 3) EXPECT_GE(pins_bench_page(pins, i, i), 0);
  // Whoever else has a file of the VM may still hold it, and let go twice.
  pins_bench_drop(pins);
  EXPECT_EQ(pins_bench_all_pinned(), 0);
  EXPECT_TRUE(pins_bench_dirty(103));
  pins_bench_drop(pins);
  pins_bench_destroy(pins);
  EXPECT_EQ(pins_bench_all_pinned(), 0);
  EXPECT_EQ(pins_bench_charged(), 0);
  pins_bench_destroy(nullptr);
}

}  // namespace
}  // namespace hvk::test
