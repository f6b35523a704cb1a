// SPDX-License-Identifier: GPL-2.0-only
// EL2's own tables: a table is there as long as it translates something, and is
// freed when no TLB can lead to it any more.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

#include "el2_map_bench.h"

namespace hvk::test {
namespace {

using u64 = __u64;

constexpr u64 kPage = 4096;

// Walks of EL2 may keep every table that was reachable since the last TLBI.
struct Machine {
  Machine() {
    current = this;
    EXPECT_EQ(el2_map_init(), 0);
  }
  ~Machine() {
    cached.clear();  // EL2 is ours on no CPU
    el2_map_exit();
    EXPECT_TRUE(pages.empty()) << "pages are lost";
    current = nullptr;
  }
  static bool Valid(u64 desc) { return desc & 1; }
  void Reach(u64* table, int level, std::set<void*>* tables, std::set<u64>* mapped) {
    tables->insert(table);
    for (unsigned i = 0; i < 512; i++) {
      if (!Valid(table[i])) continue;
      u64 pa = table[i] & 0xfffffffff000;
      if (level == 3)
        mapped->insert(pa);
      else
        Reach(reinterpret_cast<u64*>(pa), level + 1, tables, mapped);
    }
  }
  std::set<u64> Mapped() {
    std::set<void*> tables;
    std::set<u64> mapped;
    Reach(el2_root(), 0, &tables, &mapped);
    EXPECT_EQ(tables, pages) << "a page that no table leads to";
    EXPECT_EQ(el2_tables(), tables.size());
    EXPECT_EQ(el2_mapped(), mapped.size());
    return mapped;
  }

  static inline Machine* current = nullptr;
  std::set<void*> pages, cached;
  int budget = 1000;
  int unaccounted = 0;
};

TEST(El2Map, TablesGoWithTheirLastPage) {
  Machine m;
  const u64 kFirst = 0x40000000, kSame = kFirst + 8 * kPage, kBlock = kFirst + (2 << 20),
            kGiB = kFirst + (1ull << 30), kFar = kFirst + (1ull << 39);
  const struct {
    const char* name;
    std::vector<u64> pages;
    unsigned tables;  // the root's included
  } kTable[] = {
      {"one", {kFirst}, 4},
      {"two in one table", {kFirst, kSame}, 4},
      {"two in two tables", {kFirst, kBlock}, 5},
      {"a level higher", {kFirst, kGiB}, 6},
      {"nothing in common but the root", {kFirst, kFar}, 7},
      {"all", {kFirst, kSame, kBlock, kGiB, kFar}, 10},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    for (u64 pa : t.pages) ASSERT_EQ(el2_map(pa, kPage), 0);
    EXPECT_EQ(m.Mapped(), std::set<u64>(t.pages.begin(), t.pages.end()));
    EXPECT_EQ(el2_tables(), t.tables);
    std::set<u64> left(t.pages.begin(), t.pages.end());
    for (u64 pa : t.pages) {
      el2_unmap(pa, kPage);
      left.erase(pa);
      EXPECT_EQ(m.Mapped(), left);
    }
    EXPECT_EQ(el2_tables(), 1u);
  }
  EXPECT_EQ(m.unaccounted, 1) << "the root alone is the module's";
}

TEST(El2Map, ARangeOverTables) {
  Machine m;
  const u64 kStart = 0x401ff000;
  ASSERT_EQ(el2_map(kStart, 3 * kPage), 0);
  EXPECT_EQ(m.Mapped().size(), 3u);
  EXPECT_EQ(el2_tables(), 5u);
  el2_unmap(kStart, kPage);
  EXPECT_EQ(el2_tables(), 4u);
  el2_unmap(kStart, 3 * kPage);
  EXPECT_EQ(m.Mapped().size(), 0u);
  EXPECT_EQ(el2_tables(), 1u);
}

TEST(El2Map, WithoutMemoryNothingIsLeft) {
  // The second page needs a table of its own, the fourth; and two more are at hand.
  for (int have = 0; have < 6; have++) {
    Machine m;
    m.budget = have;
    EXPECT_EQ(el2_map(0x401ff000, 2 * kPage), -ENOMEM) << have;
    EXPECT_EQ(m.Mapped().size(), 0u);
    EXPECT_EQ(el2_tables(), 1u) << have;
  }
}

TEST(El2Map, WhatIsNotThereMayBeTakenOut) {
  Machine m;
  el2_unmap(0x40000000, kPage);
  EXPECT_EQ(el2_tables(), 1u);
  ASSERT_EQ(el2_map(0x40000000, kPage), 0);
  el2_unmap(0x40001000, kPage);
  EXPECT_EQ(m.Mapped().size(), 1u);
}

}  // namespace
}  // namespace hvk::test

extern "C" {

void* bench_el2_page(int account, int locked) {
  EXPECT_FALSE(locked) << "others wait for a cgroup that is at its limit";
  auto& m = *hvk::test::Machine::current;
  if (!account) m.unaccounted++;
  if (account && !m.budget) return nullptr;
  if (account) m.budget--;
  void* page = std::aligned_alloc(4096, 4096);
  memset(page, 0, 4096);
  m.pages.insert(page);
  return page;
}

void bench_el2_free(void* page) {
  auto& m = *hvk::test::Machine::current;
  EXPECT_FALSE(m.cached.count(page)) << "a walk can still reach a table that is freed";
  EXPECT_TRUE(m.pages.erase(page));
  std::free(page);
}

void bench_el2_walk() {
  auto& m = *hvk::test::Machine::current;
  std::set<__u64> mapped;
  m.Reach(el2_root(), 0, &m.cached, &mapped);
}

void bench_el2_tlbi() {
  hvk::test::Machine::current->cached.clear();
  bench_el2_walk();
}

}  // extern "C"
