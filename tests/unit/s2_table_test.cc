// SPDX-License-Identifier: GPL-2.0-only
// Stage-2 tables: what is mapped, in which order it got there, and that no TLB
// or cache can show anything else on the way (s2_machine.h checks that in every
// operation of every test here).
#include <algorithm>
#include <random>

#include "s2_machine.h"

namespace hvk::test {
namespace {

constexpr u64 kPage = HVK_S2_PAGE_SIZE, kBlock = HVK_S2_BLOCK_SIZE;
constexpr unsigned kWrite = HVK_S2_WRITE, kExec = HVK_S2_EXEC, kDevice = HVK_S2_DEVICE;
constexpr u64 kRam = 0x40000000, kPa = 0x880000000;

// --- sizes -------------------------------------------------------------------

TEST(S2Sizes, StartLevelAndRootTables) {
  const struct {
    unsigned ipa_bits, level, pages;
  } kTable[] = {{32, 2, 4}, {33, 2, 8}, {34, 2, 16}, {35, 1, 1}, {36, 1, 1}, {39, 1, 1},
                {40, 1, 2}, {42, 1, 8}, {43, 1, 16}, {44, 0, 1}, {47, 0, 1}, {48, 0, 1}};
  for (const auto& t : kTable) {
    unsigned pages = 0;
    EXPECT_EQ(hvk_s2_start_level(t.ipa_bits, &pages), t.level) << t.ipa_bits;
    EXPECT_EQ(pages, t.pages) << t.ipa_bits;
  }
}

TEST(S2Sizes, Vtcr) {
  const struct {
    const char* name;
    unsigned ipa_bits, pa_bits, vmid_bits;
    u64 expected;
  } kTable[] = {
      // RES1 | VS | PS | SH0 = 3 | ORGN0 = IRGN0 = 1 | SL0 | T0SZ
      {"Cortex-A72", 40, 44, 16, 0x800c3558},
      {"8-bit VMIDs", 40, 44, 8, 0x80043558},
      {"level 2", 32, 40, 8, 0x80023520},
      {"level 0", 48, 48, 16, 0x800d3590},
      {"PA of 52 bits is 48 here", 40, 52, 16, 0x800d3558},
      {"PA of 32 bits", 32, 32, 8, 0x80003520},
      {"PA of 36 bits", 36, 36, 8, 0x8001355c},
      {"PA of 42 bits", 42, 42, 8, 0x80033556},
  };
  for (const auto& t : kTable)
    EXPECT_EQ(hvk_s2_vtcr(t.ipa_bits, t.pa_bits, t.vmid_bits), t.expected) << t.name;
}

// --- the order of things ------------------------------------------------------

struct Mapping {
  u64 ipa, pa;
  unsigned level, prot;
};

TEST(S2Order, Map) {
  const struct {
    const char* name;
    std::vector<Mapping> before;
    Mapping map;
    const char* expected;
  } kTable[] = {
      {"first page",
       {},
       {kRam, kPa, 3, 0},
       "alloc order table alloc order table clean leaf order "},
      {"page beside a page", {{kRam, kPa, 3, 0}}, {kRam + kPage, kPa, 3, 0}, "clean leaf order "},
      {"executable page",
       {{kRam, kPa, 3, 0}},
       {kRam + kPage, kPa + kPage, 3, kExec},
       "clean icache leaf order "},
      {"the same again", {{kRam, kPa, 3, kWrite}}, {kRam, kPa, 3, 0}, ""},
      {"now writable", {{kRam, kPa, 3, 0}}, {kRam, kPa, 3, kWrite}, "leaf order tlbi "},
      {"now executable", {{kRam, kPa, 3, 0}}, {kRam, kPa, 3, kExec}, "icache leaf order tlbi "},
      {"executable already",
       {{kRam, kPa, 3, kExec}},
       {kRam, kPa, 3, kExec | kWrite},
       "leaf order tlbi "},
      {"other page in its place",
       {{kRam, kPa, 3, 0}},
       {kRam, kPa + kPage, 3, 0},
       "clean clear order tlbi leaf order "},
      {"device in its place",
       {{kRam, kPa, 3, 0}},
       {kRam, kPa, 3, kDevice},
       "clear order tlbi leaf order "},
      {"memory in the place of a device",
       {{kRam, kPa, 3, kDevice}},
       {kRam, kPa, 3, 0},
       "clean clear order tlbi leaf order "},
      {"device is never executable",
       {{kRam, kPa, 3, 0}},
       {kRam + kPage, kPa, 3, kDevice | kExec},
       "leaf order "},
      {"block", {}, {kRam, kPa, 2, 0}, "alloc order table clean leaf order "},
      {"block in the place of pages",
       {{kRam, kPa, 3, kWrite}, {kRam + kPage, kPa + kPage, 3, kWrite}},
       {kRam, kPa, 2, 0},
       "clean clear order tlbi-all free leaf order "},
      {"page that its block grants",
       {{kRam, kPa, 2, kWrite}},
       {kRam + kPage, kPa + kPage, 3, 0},
       ""},
      {"page that its block does not grant",
       {{kRam, kPa, 2, 0}},
       {kRam + kPage, kPa + kPage, 3, kWrite},
       "alloc clear order tlbi order table order leaf order tlbi "},
      {"other page in a block",
       {{kRam, kPa, 2, 0}},
       {kRam + kPage, kPa, 3, 0},
       "alloc clear order tlbi order table order clean clear order tlbi leaf order "},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    S2Machine m(40);
    for (const auto& b : t.before) ASSERT_EQ(m.map(b.ipa, b.pa, b.level, b.prot), 0);
    EXPECT_EQ(m.map(t.map.ipa, t.map.pa, t.map.level, t.map.prot), 0);
    EXPECT_EQ(m.events, t.expected);
  }
}

// Pages that come with another one: only where there is a table already, and nothing else.
TEST(S2Order, Fill) {
  using Leaves = std::map<u64, Leaf>;
  const Leaf kFirst{kPa, 3, true, false, false, true};
  const Leaf kSecond{kPa + kPage, 3, true, false, false, true};
  const Leaf kThird{kPa + 5 * kPage, 3, true, false, false, true};
  const struct {
    const char* name;
    std::vector<Mapping> before;
    const char* expected;
    Leaves leaves;
  } kTable[] = {
      {"nothing there, no table", {}, "", {}},
      {"pages behind a page",
       {{kRam, kPa, 3, kWrite}},
       "leaf leaf order ",
       {{kRam, kFirst}, {kRam + kPage, kSecond}, {kRam + 2 * kPage, kThird}}},
      {"a page that is there stays as it is",
       {{kRam, kPa, 3, kWrite}, {kRam + kPage, kPa + 7 * kPage, 3, kExec}},
       "leaf order ",
       {{kRam, kFirst},
        {kRam + kPage, {kPa + 7 * kPage, 3, false, true, false, true}},
        {kRam + 2 * kPage, kThird}}},
      {"a device stays",
       {{kRam, kPa, 3, kWrite}, {kRam + 2 * kPage, kPa, 3, kDevice}},
       "leaf order ",
       {{kRam, kFirst},
        {kRam + kPage, kSecond},
        {kRam + 2 * kPage, {kPa, 3, false, false, true, true}}}},
      {"a block stays", {{kRam, kPa, 2, 0}}, "", {{kRam, {kPa, 2, false, false, false, true}}}},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    S2Machine m(40);
    for (const auto& b : t.before) ASSERT_EQ(m.map(b.ipa, b.pa, b.level, b.prot), 0);
    m.fill(kRam + kPage, {kPa + kPage, kPa + 5 * kPage}, kWrite);
    EXPECT_EQ(m.events, t.expected);
    EXPECT_EQ(m.leaves(), t.leaves);
  }
}

// To the last page of a table.
TEST(S2Order, FillToTheEnd) {
  S2Machine m(40);
  std::vector<u64> pa;
  for (unsigned i = 1; i < 16; i++) pa.push_back(kPa + 2 * i * kPage);
  ASSERT_EQ(m.map(kRam + kBlock - 16 * kPage, kPa, 3, kWrite), 0);
  m.fill(kRam + kBlock - 15 * kPage, pa, kWrite);
  EXPECT_EQ(m.leaves().size(), 16u);
  EXPECT_EQ(m.leaves().rbegin()->first, kRam + kBlock - kPage);
}

// MemAttr [5:2], SH [9:8], XN [54] (DDI 0487 D8.3.2, without FEAT_S2FWB).
TEST(S2Attributes, Leaves) {
  constexpr u64 kMask = 0xf << 2 | 3 << 8 | 1ull << 54, kXn = 1ull << 54;
  const struct {
    const char* name;
    unsigned prot;
    u64 expected;
  } kTable[] = {
      {"memory: Normal, write-back, inner shareable", kWrite, 0xf << 2 | 3 << 8 | kXn},
      {"executable memory", kExec, 0xf << 2 | 3 << 8},
      // A write is acknowledged by the device: its abort is known once a DSB is complete.
      {"device: nGnRnE, never executable", kWrite | kDevice, 0 << 2 | 3 << 8 | kXn},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    S2Machine m(40);
    m.map(kRam, kPa, 3, t.prot);
    EXPECT_EQ(m.descriptor(kRam) & kMask, t.expected);
  }
}

TEST(S2Order, Ranges) {
  S2Machine m(40);
  for (unsigned i = 0; i < 4; i++) m.map(kRam + i * kPage, kPa + i * kPage, 3, kWrite);
  m.wp(kRam, kRam + 2 * kPage);
  EXPECT_EQ(m.events, "leaf leaf order tlbi tlbi ");
  m.wp(kRam, kRam + 2 * kPage);
  EXPECT_EQ(m.events, "") << "nothing to take away, nothing to invalidate";
  m.unmap(kRam, kRam + kPage);
  EXPECT_EQ(m.events, "clear order tlbi clean ");
  m.unmap(kRam, kRam + kPage);
  EXPECT_EQ(m.events, "");
  m.unmap(kRam + kPage, kRam + 4 * kPage);
  EXPECT_EQ(m.events, "clear clear clear clear clear order tlbi-all clean clean clean free free ")
      << "the last page takes its tables with it";
  EXPECT_EQ(m.tables(), 0u);
}

TEST(S2Order, ManyPagesAreOneInvalidation) {
  for (unsigned pages : {16u, 17u}) {
    S2Machine m(40);
    for (unsigned i = 0; i <= pages; i++) m.map(kRam + i * kPage, kPa + i * kPage, 3, kWrite);
    m.wp(kRam, kRam + pages * kPage);
    bool all = m.events.find("tlbi-all") != std::string::npos;
    EXPECT_EQ(all, pages == 17);
    EXPECT_EQ(std::count(m.events.begin(), m.events.end(), 'b'), all ? 1 : 16);
  }
}

TEST(S2Order, WholeTablesGoWithoutAWalk) {
  S2Machine m(40);
  for (unsigned i = 0; i < 512; i++) m.map(kRam + i * kPage, kPa + i * kPage, 3, 0);
  m.map(kRam + kBlock, kPa + kBlock, 2, 0);
  m.map(kRam + 2 * kPage, kPa, 3, kDevice);
  m.unmap(kRam, kRam + kBlock);
  std::string cleans;
  for (unsigned i = 0; i < 511; i++) cleans += "clean ";
  EXPECT_EQ(m.events, "clear order tlbi-all " + cleans + "free ");
  EXPECT_EQ(m.tables(), 1u);
}

TEST(S2Order, WhatGoesIsCleaned) {
  const struct {
    const char* name;
    unsigned level, prot;
    u64 bytes;
  } kTable[] = {{"page", 3, kWrite, kPage},
                {"read-only page", 3, 0, kPage},
                {"block", 2, kWrite | kExec, kBlock},
                {"device", 3, kWrite | kDevice, 0}};
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    S2Machine m(40);
    ASSERT_EQ(m.map(kRam, kPa, t.level, t.prot), 0);
    u64 before = m.cleaned_bytes();
    m.unmap(kRam, kRam + kPage);
    EXPECT_EQ(m.cleaned_bytes() - before, t.bytes);
  }
}

// A lock that is dropped while something is owed: who comes meanwhile neither loses
// that nor is hindered by it.
TEST(S2Order, OthersComeBeforeAllIsSettled) {
  S2Machine m(40);
  m.map(kRam, kPa, 2, kWrite);
  for (unsigned i = 0; i < 512; i++)
    m.map(kRam + kBlock + i * kPage, kPa + kBlock + i * kPage, 3, kWrite);
  m.unmap_step(kRam, kRam + 2 * kBlock);
  EXPECT_TRUE(m.leaves().empty());
  EXPECT_FALSE(m.settle_step());
  ASSERT_EQ(m.map(kRam, kPa + 8 * kBlock, 3, kWrite), 0);
  ASSERT_EQ(m.map(kRam + kBlock, kPa + 9 * kBlock, 2, kWrite), 0);
  m.touch(kRam);
  while (!m.settle_step()) continue;
  for (u64 off = 0; off < 2 * kBlock; off += kPage) EXPECT_TRUE(m.settled(kPa + off)) << off;
  EXPECT_EQ(m.leaves().size(), 2u);
  EXPECT_EQ(m.tables(), 2u);
}

TEST(S2Order, AccessFlag) {
  S2Machine m(40);
  m.map(kRam, kPa, 3, kWrite);
  m.map(kRam + kBlock, kPa + kBlock, 2, 0);
  EXPECT_TRUE(m.age(kRam, kRam + kPage, HVK_S2_AGE_TEST));
  EXPECT_EQ(m.events, "");
  EXPECT_TRUE(m.age(kRam, kRam + kPage, HVK_S2_AGE_FLUSH));
  EXPECT_EQ(m.events, "leaf order tlbi ");
  EXPECT_FALSE(m.age(kRam, kRam + kPage, HVK_S2_AGE_FLUSH));
  EXPECT_FALSE(m.leaves()[kRam].young);
  EXPECT_TRUE(m.age(kRam, kRam + 2 * kBlock, HVK_S2_AGE_CLEAR)) << "the block";
  EXPECT_EQ(m.events, "leaf order ");
  m.touch(kRam + 5);
  EXPECT_EQ(m.events, "leaf order ");
  EXPECT_TRUE(m.leaves()[kRam].young);
  EXPECT_FALSE(m.leaves()[kRam + kBlock].young);
  m.touch(kRam);
  EXPECT_EQ(m.events, "");
  m.touch(kRam + kPage);
  EXPECT_EQ(m.events, "") << "a hole";
  // A page that its block maps, but as not accessed, has to become accessed.
  EXPECT_EQ(m.map(kRam + kBlock + kPage, kPa + kBlock + kPage, 3, 0), 0);
  EXPECT_TRUE(m.leaves()[kRam + kBlock + kPage].young);
}

// What shows one page of the host at several IPAs goes in one step.
TEST(S2Order, RangesThatGoTogether) {
  auto count = [](const std::string& events, const char* what) {
    unsigned n = 0;
    for (size_t at = 0; (at = events.find(what, at)) != std::string::npos; at++) n++;
    return n;
  };
  for (unsigned aliases : {2u, 16u, 17u, 100u}) {
    SCOPED_TRACE(aliases);
    S2Machine m(40);
    S2Machine::Ranges ranges;
    for (unsigned i = 0; i < aliases; i++) {
      u64 ipa = kRam + 2 * i * kPage;
      m.map(ipa, kPa, 3, kWrite);
      m.map(ipa + kPage, kPa + kPage, 3, kWrite);
      ranges.push_back({ipa, ipa + kPage});
    }
    EXPECT_TRUE(m.age(ranges, HVK_S2_AGE_TEST));
    EXPECT_EQ(m.events, "");
    EXPECT_TRUE(m.age(ranges, HVK_S2_AGE_FLUSH));
    EXPECT_EQ(count(m.events, "order "), 1u);
    EXPECT_EQ(count(m.events, "tlbi"), aliases > 16 ? 1u : aliases);
    EXPECT_FALSE(m.age(ranges, HVK_S2_AGE_FLUSH));
    EXPECT_EQ(m.events, "");
    for (auto [ipa, end] : ranges) m.touch(ipa);
    EXPECT_TRUE(m.age(ranges, HVK_S2_AGE_CLEAR));
    EXPECT_EQ(count(m.events, "order "), 1u);
    EXPECT_EQ(count(m.events, "tlbi"), 0u);
    m.unmap(ranges);
    unsigned steps = 1 + (aliases - 1) / HVK_S2_STEP_LEAVES;
    EXPECT_EQ(count(m.events, "order "), steps);
    EXPECT_EQ(count(m.events, "tlbi"), aliases > 16 ? steps : aliases);
    EXPECT_EQ(count(m.events, "clear "), aliases);
    EXPECT_EQ(m.leaves().size(), aliases) << "their neighbours";
  }
}

TEST(S2Order, RangesThatAreTooManyGoInSteps) {
  S2Machine m(40);
  S2Machine::Ranges ranges;
  for (unsigned i = 0; i < 100; i++) {
    u64 ipa = kRam + i * kBlock;
    m.map(ipa, kPa, 3, kWrite);
    ranges.push_back({ipa, ipa + kPage});
  }
  m.unmap(ranges);
  EXPECT_TRUE(m.leaves().empty());
  EXPECT_EQ(m.tables(), 0u) << "each with its table";
}

TEST(S2Order, CleanSkipsDevicesAndHoles) {
  S2Machine m(40);
  m.map(kRam, kPa, 3, 0);
  m.map(kRam + 8 * kPage, kPa, 3, kDevice);
  m.map(kRam + kBlock, kPa + kBlock, 2, 0);
  m.map(kRam + 2 * kBlock, kPa + 2 * kBlock, 2, 0);
  u64 before = m.cleaned_bytes();
  m.clean(0, 1ull << 40);
  EXPECT_EQ(m.cleaned_bytes() - before, kPage + 2 * kBlock);
  EXPECT_GE(m.steps, 2 * kBlock / HVK_S2_CLEAN_STEP) << "a lock is let go of within a block";
}

// --- limits --------------------------------------------------------------------

TEST(S2Limits, NoTables) {
  for (unsigned level : {2u, 3u}) {
    unsigned need = level;  // 48 bits start at level 0
    for (unsigned have = 0; have < need; have++) {
      S2Machine m(48);
      m.budget = have;
      EXPECT_EQ(m.map(kRam, kPa, level, 0), -ENOMEM);
      EXPECT_TRUE(m.leaves().empty());
      m.budget = need - have;
      EXPECT_EQ(m.map(kRam, kPa, level, 0), 0) << "what it had is not lost";
      EXPECT_EQ(m.leaves().size(), 1u);
    }
  }
  EXPECT_EQ(HVK_S2_MAP_TABLES, 3);
}

TEST(S2Limits, NoTableToSplitABlock) {
  S2Machine m(40);
  m.map(kRam, kPa, 2, 0);
  auto before = m.leaves();
  m.budget = 0;
  EXPECT_EQ(m.map(kRam + kPage, kPa + kPage, 3, kWrite), -ENOMEM);
  EXPECT_EQ(m.leaves(), before);
}

TEST(S2Limits, TheLastPage) {
  for (unsigned bits : {32u, 36u, 40u, 44u, 48u}) {
    S2Machine m(bits);
    u64 last = (1ull << bits) - kPage;
    ASSERT_EQ(m.map(last, kPa, 3, kWrite), 0);
    ASSERT_EQ(m.map(0, kPa, 3, kWrite), 0);
    EXPECT_EQ(m.leaves().size(), 2u);
    EXPECT_TRUE(m.leaves().count(last));
    m.unmap(last, 1ull << bits);
    EXPECT_EQ(m.leaves().size(), 1u);
  }
}

TEST(S2Limits, AnEmptySpaceTakesFewSteps) {
  S2Machine m(48);
  m.unmap(0, 1ull << 48);
  EXPECT_EQ(m.steps, 2u);
  m.wp(0, 1ull << 48);
  EXPECT_EQ(m.steps, 2u);
}

TEST(S2Limits, SplitKeepsWhatTheBlockGranted) {
  S2Machine m(40);
  m.map(kRam, kPa, 2, kExec);
  m.map(kRam + 7 * kPage, kPa + 7 * kPage, 3, kWrite);
  auto leaves = m.leaves();
  ASSERT_EQ(leaves.size(), 512u);
  for (unsigned i = 0; i < 512; i++) {
    Leaf expected{kPa + i * kPage, 3, i == 7, true, false, true};
    EXPECT_EQ(leaves[kRam + i * kPage], expected) << i;
  }
}

// --- against a model -------------------------------------------------------------

// The same, with a map in the place of tables.
class Model {
 public:
  void map(u64 ipa, u64 pa, unsigned level, unsigned prot) {
    u64 block = ipa & ~(kBlock - 1);
    Leaf leaf{
        pa,  level, bool(prot & kWrite), (prot & kExec) && !(prot & kDevice), bool(prot & kDevice),
        true};
    auto at = leaves_.find(block);
    bool in_block = at != leaves_.end() && at->second.level == 2;
    if (level == 2) {
      if (in_block)
        Merge(at->second, &leaf);
      else
        Erase(block, block + kBlock);
    } else if (in_block) {
      Leaf page = at->second;
      page.pa += ipa - block;
      page.level = 3;
      if (Same(page, leaf) && page.young && page.write >= leaf.write && page.exec >= leaf.exec)
        return;
      Leaf whole = at->second;
      for (u64 off = 0; off < kBlock; off += kPage) {
        Leaf part = whole;
        part.pa += off;
        part.level = 3;
        leaves_[block + off] = part;
      }
    }
    if (level == 3 && leaves_.count(ipa)) Merge(leaves_[ipa], &leaf);
    leaves_[ipa] = leaf;
  }
  void unmap(u64 ipa, u64 end) { Erase(ipa, end); }
  template <typename F>
  void each(u64 ipa, u64 end, F f) {
    for (auto& [at, leaf] : leaves_)
      if (at < end && at + Size(leaf) > ipa) f(leaf);
  }
  const std::map<u64, Leaf>& leaves() const { return leaves_; }

 private:
  static u64 Size(const Leaf& l) { return l.level == 2 ? kBlock : kPage; }
  static bool Same(const Leaf& a, const Leaf& b) { return a.pa == b.pa && a.device == b.device; }
  static void Merge(const Leaf& old, Leaf* leaf) {
    if (!Same(old, *leaf)) return;
    leaf->write |= old.write;
    leaf->exec |= old.exec;
  }
  void Erase(u64 ipa, u64 end) {
    std::erase_if(leaves_,
                  [&](const auto& l) { return l.first < end && l.first + Size(l.second) > ipa; });
  }
  std::map<u64, Leaf> leaves_;
};

TEST(S2Model, RandomOperations) {
  for (unsigned bits : {32u, 40u, 48u}) {
    SCOPED_TRACE(bits);
    std::mt19937 rng(bits);
    auto below = [&](unsigned n) { return unsigned(rng() % n); };
    S2Machine m(bits);
    Model model;
    // Blocks far apart, so that every level of tables comes and goes.
    const u64 kBlocks[] = {0, kBlock, 5 * kBlock, kRam, (1ull << bits) - kBlock};
    for (unsigned i = 0; i < 200 && !testing::Test::HasFailure(); i++) {
      u64 block = kBlocks[below(5)];
      u64 ipa = block + below(16) * kPage;
      u64 end = below(4) ? std::min(ipa + (1 + below(40)) * kPage, 1ull << bits)
                         : std::min(block + kBlock * (1 + below(3)), 1ull << bits);
      unsigned prot = below(4);
      unsigned what = below(12);
      if (what < 5) {
        if (!below(8)) prot |= kDevice;
        // Mostly the memory that belongs there, now and then another page.
        u64 pa = kPa + (below(6) ? ipa - block : below(16) * kPage);
        ASSERT_EQ(m.map(ipa, pa, 3, prot), 0);
        EXPECT_LE(m.allocated, unsigned(HVK_S2_MAP_TABLES));
        model.map(ipa, pa, 3, prot);
      } else if (what < 7) {
        u64 pa = kPa + below(2) * kBlock;
        ASSERT_EQ(m.map(block, pa, 2, prot), 0);
        model.map(block, pa, 2, prot);
      } else if (what < 9) {
        if (below(2)) ipa = block;
        m.unmap(ipa, end);
        model.unmap(ipa, end);
      } else if (what == 9) {
        m.wp(ipa, end);
        model.each(ipa, end, [](Leaf& l) { l.write = false; });
      } else if (what == 10) {
        hvk_s2_age how = below(2) ? HVK_S2_AGE_CLEAR : HVK_S2_AGE_FLUSH;
        bool young = false;
        model.each(ipa, end, [&](Leaf& l) {
          young |= l.young;
          l.young = false;
        });
        EXPECT_EQ(m.age(ipa, end, how), young);
      } else {
        m.touch(ipa);
        model.each(ipa, ipa + kPage, [](Leaf& l) { l.young = true; });
      }
      ASSERT_EQ(m.leaves(), model.leaves()) << "after operation " << i;
    }
  }
}

}  // namespace
}  // namespace hvk::test
