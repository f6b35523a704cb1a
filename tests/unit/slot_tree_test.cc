// SPDX-License-Identifier: GPL-2.0-only
// Which regions a range of the host's addresses meets, and which of their IPAs
// show it; against a plain walk over all of them.
#include <gtest/gtest.h>
#include <linux/types.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <vector>

using u32 = __u32;  // as the kernel's
using u64 = __u64;
extern "C" {
#include "kmod/memory/slot_tree.h"
}

namespace hvk::test {
namespace {

constexpr u64 kPage = 4096;

// Both copies, changed alike, as slots.c has them.
class Slots {
 public:
  Slots() {
    hvk_slots_begin(&copy[0], 0);
    hvk_slots_begin(&copy[1], 1);
  }
  hvk_slot* Add(u32 id, u64 ipa, unsigned long hva, u64 size) {
    auto slot = std::make_unique<hvk_slot>();
    slot->id = id;
    slot->ipa = ipa;
    slot->hva = hva;
    slot->size = size;
    for (hvk_slots& c : copy) hvk_slots_exchange(&c, nullptr, slot.get());
    all.push_back(std::move(slot));
    return all.back().get();
  }
  void Remove(hvk_slot* slot) {
    for (hvk_slots& c : copy) hvk_slots_exchange(&c, slot, nullptr);
    std::erase_if(all, [&](const auto& s) { return s.get() == slot; });
  }
  // {first IPA, end} of each region that meets [start, end), in one copy.
  std::multiset<std::pair<u64, u64>> Find(unsigned c, unsigned long start, unsigned long end) {
    std::multiset<std::pair<u64, u64>> found;
    for (hvk_slot* s = hvk_slots_first(&copy[c], start, end); s;
         s = hvk_slots_next(&copy[c], s, start, end)) {
      u64 ipa, ipa_end;
      hvk_slot_part(s, start, end, &ipa, &ipa_end);
      found.insert({ipa, ipa_end});
    }
    return found;
  }
  // The same by a walk, page by page.
  std::multiset<std::pair<u64, u64>> Walk(unsigned long start, unsigned long end) {
    std::multiset<std::pair<u64, u64>> found;
    for (const auto& s : all) {
      u64 first = ~0ull, last = 0;
      for (u64 at = 0; at < s->size; at += kPage) {
        if (start >= end || s->hva + at >= end || s->hva + at + kPage <= start) continue;
        first = std::min(first, at);
        last = at + kPage;
      }
      if (last) found.insert({s->ipa + first, s->ipa + last});
    }
    return found;
  }

  hvk_slots copy[2];
  std::vector<std::unique_ptr<hvk_slot>> all;
};

TEST(SlotTree, Ranges) {
  struct Region {
    u64 ipa;
    unsigned long hva;
    u64 size;
  };
  using Found = std::multiset<std::pair<u64, u64>>;
  const std::vector<Region> kOne{{0x40000000, 0x10000, 0x4000}};
  const std::vector<Region> kAdjacent{{0x40000000, 0x10000, 0x2000}, {0x80000000, 0x12000, 0x2000}};
  const std::vector<Region> kAliases{
      {0x40000000, 0x10000, 0x4000}, {0x50000000, 0x10000, 0x4000}, {0x60000000, 0x12000, 0x1000}};
  // One that reaches over all others: none of them may hide it.
  const std::vector<Region> kLong{{0x40000000, 0x10000, 0x100000},
                                  {0x1000, 0x11000, 0x1000},
                                  {0x3000, 0x13000, 0x1000},
                                  {0x5000, 0x15000, 0x1000}};
  const struct {
    const char* name;
    std::vector<Region> regions;
    unsigned long start, end;
    Found expected;
  } kTable[] = {
      {"no regions", {}, 0, ~0ul, {}},
      {"everything", kOne, 0, ~0ul, {{0x40000000, 0x40004000}}},
      {"just it", kOne, 0x10000, 0x14000, {{0x40000000, 0x40004000}}},
      {"a page of it", kOne, 0x11000, 0x12000, {{0x40001000, 0x40002000}}},
      {"a byte of it", kOne, 0x11fff, 0x12000, {{0x40001000, 0x40002000}}},
      {"two bytes on two pages", kOne, 0x11fff, 0x12001, {{0x40001000, 0x40003000}}},
      {"its end and more", kOne, 0x13000, 0x20000, {{0x40003000, 0x40004000}}},
      {"before it", kOne, 0x0f000, 0x10000, {}},
      {"behind it", kOne, 0x14000, 0x15000, {}},
      {"an empty range in it", kOne, 0x11000, 0x11000, {}},
      {"a range that ends before it begins", kOne, 0x12000, 0x11000, {}},
      {"the first of two", kAdjacent, 0x10000, 0x12000, {{0x40000000, 0x40002000}}},
      {"the second of two", kAdjacent, 0x12000, 0x13000, {{0x80000000, 0x80001000}}},
      {"over both",
       kAdjacent,
       0x11000,
       0x13000,
       {{0x40001000, 0x40002000}, {0x80000000, 0x80001000}}},
      {"aliases",
       kAliases,
       0x12000,
       0x13000,
       {{0x40002000, 0x40003000}, {0x50002000, 0x50003000}, {0x60000000, 0x60001000}}},
      {"two of three aliases",
       kAliases,
       0x10000,
       0x11000,
       {{0x40000000, 0x40001000}, {0x50000000, 0x50001000}}},
      {"a long one under short ones",
       kLong,
       0x15000,
       0x16000,
       {{0x40005000, 0x40006000}, {0x5000, 0x6000}}},
      {"a long one behind short ones", kLong, 0x80000, 0x81000, {{0x40070000, 0x40071000}}},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    Slots slots;
    u32 id = 0;
    for (const Region& r : t.regions) slots.Add(id++, r.ipa, r.hva, r.size);
    for (unsigned c : {0u, 1u}) EXPECT_EQ(slots.Find(c, t.start, t.end), t.expected);
    EXPECT_EQ(slots.Walk(t.start, t.end), t.expected);
  }
}

TEST(SlotTree, ByIpa) {
  Slots slots;
  hvk_slot* low = slots.Add(1, 0, 0x10000, 0x2000);
  hvk_slot* high = slots.Add(2, 0x2000, 0x10000, 0x1000);
  slots.Add(3, 0x8000, 0x10000, 0x1000);
  for (hvk_slots& c : slots.copy) {
    EXPECT_EQ(hvk_slots_at(&c, 0), low);
    EXPECT_EQ(hvk_slots_at(&c, 0x1fff), low);
    EXPECT_EQ(hvk_slots_at(&c, 0x2000), high);
    EXPECT_EQ(hvk_slots_at(&c, 0x3000), nullptr);
    EXPECT_EQ(hvk_slots_at(&c, ~0ull), nullptr);
  }
  const struct {
    u32 id;
    u64 ipa, size;
    bool overlaps;
  } kTable[] = {
      {4, 0x3000, 0x5000, false}, {4, 0x3000, 0x5001, true},  {4, 0x2fff, 1, true},
      {4, 0, ~0ull, true},        {2, 0x2000, 0x1000, false}, {2, 0x1000, 0x2000, true},
      {1, 0, 0x3000, true},       {3, 0x9000, 0x1000, false},
  };
  for (const auto& t : kTable) {
    hvk_slot slot{};
    slot.id = t.id;
    slot.ipa = t.ipa;
    slot.size = t.size;
    EXPECT_EQ(hvk_slots_overlap(&slots.copy[0], &slot), t.overlaps)
        << t.id << std::hex << " at " << t.ipa << " of " << t.size;
  }
}

TEST(SlotTree, OneCopyAloneChanges) {
  Slots slots;
  hvk_slot* old = slots.Add(1, 0x1000, 0x10000, 0x1000);
  hvk_slot next{};
  next.id = 1;
  next.ipa = 0x5000;
  next.hva = 0x10000;
  next.size = 0x1000;
  hvk_slots_exchange(&slots.copy[1], old, &next);
  EXPECT_EQ(hvk_slots_at(&slots.copy[0], 0x1000), old);
  EXPECT_EQ(hvk_slots_at(&slots.copy[0], 0x5000), nullptr);
  EXPECT_EQ(hvk_slots_first(&slots.copy[0], 0, ~0ul), old);
  EXPECT_EQ(hvk_slots_at(&slots.copy[1], 0x1000), nullptr);
  EXPECT_EQ(hvk_slots_at(&slots.copy[1], 0x5000), &next);
  EXPECT_EQ(hvk_slots_first(&slots.copy[1], 0, ~0ul), &next);
  EXPECT_EQ(hvk_slots_next(&slots.copy[1], &next, 0, ~0ul), nullptr);
  hvk_slots_exchange(&slots.copy[0], old, &next);
  EXPECT_EQ(hvk_slots_at(&slots.copy[0], 0x1000), nullptr);
}

TEST(SlotTree, AsAWalkFindsThem) {
  std::mt19937 rng(8);
  auto below = [&](unsigned n) { return rng() % n; };
  Slots slots;
  for (u32 i = 0; i < 2000 && !testing::Test::HasFailure(); i++) {
    if (slots.all.size() > 40 || (slots.all.size() > 3 && !below(3)))
      slots.Remove(slots.all[below(slots.all.size())].get());
    else
      // Now and then exactly what another shows.
      slots.Add(i, u64(i) << 20, (below(4) ? below(64) : 7) * kPage, (1 + below(24)) * kPage);
    unsigned long start = below(80) * kPage - below(2) * below(kPage);
    unsigned long end = start + below(8) * kPage + below(2) * below(kPage);
    for (unsigned c : {0u, 1u})
      ASSERT_EQ(slots.Find(c, start, end), slots.Walk(start, end))
          << std::hex << start << " to " << end;
  }
}

}  // namespace
}  // namespace hvk::test
