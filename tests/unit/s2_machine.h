// SPDX-License-Identifier: GPL-2.0-only
// A PE for stage-2 tables: it records what the walker does, and keeps the most
// forgetful and the most retentive TLB that the architecture allows at once.
// Every descriptor that a walk could have seen is in it until a TLBI, and a
// TLBI does not take away what a store, not yet ordered, may still show.
#pragma once

#include <gtest/gtest.h>
#include <linux/types.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

using u64 = __u64;  // as the kernel's
extern "C" {
#include "kmod/memory/table.h"
}

namespace hvk::test {

// One leaf, as the guest sees it.
struct Leaf {
  u64 pa;
  unsigned level;
  bool write, exec, device, young;
  bool operator==(const Leaf&) const = default;
};

class S2Machine {
 public:
  explicit S2Machine(unsigned ipa_bits) {
    unsigned pages;
    table_.ipa_bits = ipa_bits;
    table_.start_level = hvk_s2_start_level(ipa_bits, &pages);
    table_.root = NewTable(pages);
    table_.ops = &kOps;
    AddEntries(table_.root, pages * 512, table_.start_level, 0);
    current_ = this;
  }
  ~S2Machine() {
    unmap(0, 1ull << table_.ipa_bits);
    EXPECT_TRUE(leaves().empty());
    EXPECT_EQ(tables_, 0u) << "tables left in an empty address space";
    std::free(table_.root);
    current_ = nullptr;
  }
  S2Machine(const S2Machine&) = delete;
  S2Machine& operator=(const S2Machine&) = delete;

  // --- operations, each checked as a whole ---------------------------------
  int map(u64 ipa, u64 pa, unsigned level, unsigned prot) {
    Begin();
    u64 cleaned = cleaned_bytes_;
    int ret = hvk_s2_table_map(&table_, ipa, pa, level, prot);
    EXPECT_LE(cleaned_bytes_ - cleaned, HVK_S2_CLEAN_STEP) << "too long for a lock";
    if (ret == -EUCLEAN) {
      Clean(pa, Size(level));
      ret = hvk_s2_table_map(&table_, ipa, pa, level, prot | HVK_S2_CLEANED);
    }
    // Empty tables that a failure leaves behind may be seen late.
    if (ret == -ENOMEM) Order();
    End();
    return ret;
  }
  // Pages that were cleaned before, as without the lock.
  void fill(u64 ipa, const std::vector<u64>& pa, unsigned prot) {
    Begin();
    for (u64 at : pa) Clean(at, Size(3));
    events.clear();
    hvk_s2_table_fill(&table_, ipa, pa.data(), pa.size(), prot);
    End();
  }
  // With all that it owes: what was mapped, not a device, and is no more, is
  // cleaned after the last TLB has forgotten it.
  void unmap(u64 ipa, u64 end) {
    auto before = leaves();
    range(ipa, end, hvk_s2_table_unmap);
    CheckGone(before);
  }
  // One step of it, nothing of what it owes; and one of that, true: the last.
  void unmap_step(u64 ipa, u64 end) {
    settled_.clear();
    Begin();
    EXPECT_EQ(hvk_s2_table_unmap(&table_, ipa, end), end);
    End();
  }
  bool settle_step() { return hvk_s2_table_settle(&table_); }
  bool settled(u64 pa) const { return settled_.count(pa); }
  u64 cleaned_bytes() const { return cleaned_bytes_; }
  void wp(u64 ipa, u64 end) { range(ipa, end, hvk_s2_table_wp); }
  void clean(u64 ipa, u64 end) { range(ipa, end, hvk_s2_table_clean); }
  bool age(u64 ipa, u64 end, hvk_s2_age how) { return age({{ipa, end}}, how); }
  // Several ranges at once, as the MMU notifier has them.
  using Ranges = std::vector<std::pair<u64, u64>>;
  bool age(const Ranges& ranges, hvk_s2_age how) {
    Begin();
    bool young = false;
    hvk_s2_gather g;
    hvk_s2_gather_begin(&g, &table_);
    for (auto [ipa, end] : ranges) young |= hvk_s2_gather_age(&g, ipa, end, how);
    hvk_s2_gather_finish(&g);
    End();
    return young;
  }
  void unmap(const Ranges& ranges) {
    auto before = leaves();
    settled_.clear();
    Begin();
    hvk_s2_gather g;
    hvk_s2_gather_begin(&g, &table_);
    for (auto [ipa, end] : ranges) {
      while (ipa < end) {
        u64 next = hvk_s2_gather_unmap(&g, ipa, end);
        bool full = hvk_s2_gather_full(&g);
        ASSERT_TRUE(next == end || full) << "stopped without a reason";
        ipa = next;
        if (!full) continue;
        hvk_s2_gather_finish(&g);
        Settle();
      }
    }
    hvk_s2_gather_finish(&g);
    End();
    Settle();
    CheckGone(before);
  }
  void touch(u64 ipa) {
    Begin();
    hvk_s2_table_touch(&table_, ipa);
    End();
  }

  // Everything that is mapped, found with a walker of its own.
  std::map<u64, Leaf> leaves() const {
    std::map<u64, Leaf> found;
    unsigned shift = 12 + 9 * (3 - table_.start_level);
    Collect(table_.root, 1u << (table_.ipa_bits - shift), table_.start_level, 0, &found);
    return found;
  }

  std::string events;      // of the last operation
  unsigned steps = 0;      // of the last operation on a range
  unsigned budget = ~0u;   // tables that alloc still gives
  unsigned allocated = 0;  // tables taken in the last operation
  unsigned tables() const { return tables_; }
  // The descriptor of the leaf at ipa, 0 if there is none.
  u64 descriptor(u64 ipa) const {
    unsigned level;
    return hvk_s2_table_leaf(&table_, ipa, &level);
  }

 private:
  static constexpr u64 kGarbage = ~0ull;
  using Step = u64 (*)(hvk_s2_table*, u64, u64);

  struct Entry {
    unsigned level;
    u64 ipa;
    bool placed = false;       // its table is linked, so level and ipa hold
    std::set<u64> visible{0};  // what a walk may read
    std::set<u64> cached{};    // what a TLB may hold
  };

  void range(u64 ipa, u64 end, Step step) {
    steps = 0;
    settled_.clear();
    std::string all;
    while (ipa < end) {
      Begin();
      u64 next = step(&table_, ipa, end);
      End();
      Settle();
      all += events;
      ASSERT_GT(next, ipa) << "no progress";
      ASSERT_LE(next, end);
      ipa = next;
      steps++;
    }
    events = all;
  }
  void CheckGone(const std::map<u64, Leaf>& before) {
    std::set<u64> left;  // by this or another IPA
    for (const auto& [at, leaf] : leaves())
      for (u64 off = 0; off < Size(leaf.level); off += 4096) left.insert(leaf.pa + off);
    for (const auto& [at, leaf] : before) {
      if (leaf.device) continue;
      for (u64 off = 0; off < Size(leaf.level); off += 4096)
        EXPECT_TRUE(settled_.count(leaf.pa + off) || left.count(leaf.pa + off))
            << "given back with stale lines in the caches: ipa " << std::hex << at + off;
    }
  }
  // Each call on its own, as with the lock dropped in between.
  void Settle() {
    for (bool done = false; !done;) {
      u64 before = cleaned_bytes_;
      done = hvk_s2_table_settle(&table_);
      EXPECT_LE(cleaned_bytes_ - before, HVK_S2_CLEAN_STEP) << "too long for a lock";
      EXPECT_TRUE(done || cleaned_bytes_ > before) << "no progress";
    }
    EXPECT_TRUE(unordered_.empty()) << "settling writes no table";
  }
  void Begin() {
    current_ = this;
    events.clear();
    allocated = 0;
    cleaned_.clear();
    synced_.clear();
    mapped_.clear();
    mapped_pa_.clear();
    executable_.clear();
    for (const auto& [ipa, leaf] : leaves()) {
      for (u64 off = 0; off < Size(leaf.level); off += 4096) {
        if (leaf.device) continue;
        mapped_.insert({ipa + off, leaf.pa + off});
        mapped_pa_.insert(leaf.pa + off);
        if (leaf.exec) executable_.insert({ipa + off, leaf.pa + off});
      }
    }
  }
  void End() {
    EXPECT_TRUE(unordered_.empty()) << "a store is not ordered";
    // An access flag that only a TLB has set is what HVK_S2_AGE_CLEAR allows.
    for (auto& [addr, e] : entries_)
      for (u64 desc : e.cached)
        EXPECT_EQ(desc & ~HVK_S2_AF, *addr & ~HVK_S2_AF)
            << "a TLB is out of date: ipa " << std::hex << e.ipa;
  }

  static u64 Size(unsigned level) { return 1ull << (12 + 9 * (3 - level)); }
  static bool IsLeaf(u64 desc, unsigned level) { return (desc & 1) && (level == 3 || !(desc & 2)); }
  static bool IsTable(u64 desc, unsigned level) { return (desc & 3) == 3 && level != 3; }

  static u64* NewTable(unsigned pages) {
    void* p = std::aligned_alloc(4096, pages * 4096);
    memset(p, 0, pages * 4096);
    return static_cast<u64*>(p);
  }
  void AddEntries(u64* table, unsigned nr, unsigned level, u64 ipa) {
    for (unsigned i = 0; i < nr; i++) {
      Entry& e = entries_[&table[i]];
      e.level = level;
      e.ipa = ipa + i * Size(level);
      e.placed = true;
    }
  }

  void Collect(const u64* table, unsigned nr, unsigned level, u64 ipa,
               std::map<u64, Leaf>* found) const {
    for (unsigned i = 0; i < nr; i++, ipa += Size(level)) {
      u64 desc = table[i];
      if (IsTable(desc, level)) {
        Collect(reinterpret_cast<u64*>(desc & 0xfffffffff000), 512, level + 1, ipa, found);
      } else if (desc & 1) {
        unsigned attr = (desc >> 2) & 0xf;
        EXPECT_TRUE(attr == 0xf || attr == 0);
        EXPECT_TRUE(desc & (1 << 6)) << "not readable";
        EXPECT_EQ((desc >> 8) & 3, 3u) << "not Inner Shareable";
        (*found)[ipa] = Leaf{desc & 0xfffffffff000 & ~(Size(level) - 1),
                             level,
                             bool(desc & (1 << 7)),
                             !(desc & (1ull << 54)),
                             attr == 0,
                             bool(desc & (1 << 10))};
      }
    }
  }

  // --- what the walker calls -------------------------------------------------
  static u64* Alloc(hvk_s2_table*) {
    S2Machine& m = *current_;
    if (!m.budget) return nullptr;
    m.budget--;
    m.allocated++;
    m.tables_++;
    m.events += "alloc ";
    u64* table = NewTable(1);
    for (unsigned i = 0; i < 512; i++) {
      // Its zeroes are stores as well.
      m.entries_[&table[i]].visible.insert(kGarbage);
      m.unordered_.insert(&table[i]);
    }
    return table;
  }
  static void Free(hvk_s2_table*, u64* table) {
    S2Machine& m = *current_;
    m.events += "free ";
    u64 pa = Pa(table);
    for (unsigned i = 0; i < 512; i++) {
      m.entries_.erase(&table[i]);
      m.unordered_.erase(&table[i]);
    }
    for (auto& [addr, e] : m.entries_) {
      if (!e.placed || e.level == 3) continue;
      for (auto* set : {&e.visible, &e.cached})
        for (u64 desc : *set)
          EXPECT_FALSE(IsTable(desc, e.level) && (desc & 0xfffffffff000) == pa)
              << "a walk can still reach a table that is freed";
    }
    m.tables_--;
    std::free(table);
  }
  static u64 Pa(const u64* table) { return reinterpret_cast<u64>(table); }
  static u64* Va(u64 pa) { return reinterpret_cast<u64*>(pa); }

  static void Write(u64* addr, u64 desc) {
    S2Machine& m = *current_;
    auto it = m.entries_.find(addr);
    ASSERT_NE(it, m.entries_.end()) << "a store outside of the tables";
    Entry& e = it->second;
    if (e.placed) {
      m.CheckStore(e, desc);
      m.events += desc & 1 ? (IsTable(desc, e.level) ? "table " : "leaf ") : "clear ";
      if (desc & 1) m.Cache(e, desc);
      // Its children are reachable from here on, with what a walk may read.
      if (IsTable(desc, e.level)) m.Link(e, Va(desc & 0xfffffffff000));
    }
    *addr = desc;
    e.visible.insert(desc);
    m.unordered_.insert(addr);
  }
  void Link(const Entry& parent, u64* child) {
    AddEntries(child, 512, parent.level + 1, parent.ipa);
    for (unsigned i = 0; i < 512; i++) {
      Entry& e = entries_[&child[i]];
      EXPECT_EQ(e.visible.size(), 1u) << "a table is linked before its entries are ordered";
      for (u64 desc : e.visible) {
        CheckStore(e, desc);
        if (desc & 1) Cache(e, desc);
      }
    }
  }
  void Cache(Entry& e, u64 desc) {
    if (IsTable(desc, e.level) || (desc & HVK_S2_AF)) e.cached.insert(desc);
  }
  // Break-before-make, and the caches.
  void CheckStore(const Entry& e, u64 desc) {
    constexpr u64 kInPlace = HVK_S2_AP_READ | HVK_S2_AP_WRITE | HVK_S2_XN | HVK_S2_AF;
    if (!(desc & 1)) return;
    for (u64 old : e.cached)
      EXPECT_FALSE((old ^ desc) & ~kInPlace)
          << std::hex << "valid over valid: ipa " << e.ipa << " old " << old << " new " << desc;
    if (!IsLeaf(desc, e.level)) return;
    u64 pa = desc & 0xfffffffff000;
    for (u64 off = 0; off < Size(e.level); off += 4096) {
      std::pair<u64, u64> page{e.ipa + off, pa + off};
      if (((desc >> 2) & 0xf) == 0xf) {
        EXPECT_TRUE(cleaned_.count(pa + off) || mapped_.count(page))
            << "shown before it is clean: ipa " << std::hex << page.first;
      }
      if (!(desc & HVK_S2_XN)) {
        EXPECT_TRUE(synced_.count(pa + off) || executable_.count(page))
            << "executable before instruction caches know: ipa " << std::hex << page.first;
      }
    }
  }

  static void Order() {
    S2Machine& m = *current_;
    m.events += "order ";
    for (u64* addr : m.unordered_) m.entries_[addr].visible = {*addr};
    m.unordered_.clear();
  }
  void Invalidate(Entry& e) {
    e.cached.clear();
    for (u64 desc : e.visible)
      if (e.placed && (desc & 1)) Cache(e, desc);
  }
  static void TlbiIpa(hvk_s2_table*, u64 ipa) {
    S2Machine& m = *current_;
    m.events += "tlbi ";
    for (auto& [addr, e] : m.entries_)
      if (e.placed && ipa >= e.ipa && ipa - e.ipa < Size(e.level)) m.Invalidate(e);
  }
  static void TlbiAll(hvk_s2_table*) {
    S2Machine& m = *current_;
    m.events += "tlbi-all ";
    for (auto& [addr, e] : m.entries_) m.Invalidate(e);
    while (m.Detach()) continue;
  }
  // Tables that no walk can reach any more, and no TLB remembers, show nothing: the
  // entries of those that only tables like that still lead to are next.
  bool Detach() {
    std::set<u64> linked;
    bool changed = false;
    for (const auto& [addr, e] : entries_)
      for (const auto* set : {&e.visible, &e.cached})
        for (u64 desc : *set)
          if (e.placed && IsTable(desc, e.level)) linked.insert(desc & 0xfffffffff000);
    for (auto& [addr, e] : entries_) {
      u64 table = reinterpret_cast<u64>(addr) & ~4095ull;
      if (!e.placed || e.level == table_.start_level || linked.count(table)) continue;
      e.placed = false;
      e.cached.clear();
      changed = true;
    }
    return changed;
  }
  static void Clean(u64 pa, u64 size) {
    S2Machine& m = *current_;
    m.events += "clean ";
    m.cleaned_bytes_ += size;
    std::set<u64> reachable = m.Reachable(pa, size);
    for (u64 off = 0; off < size; off += 4096) {
      m.cleaned_.insert(pa + off);
      if (!reachable.count(pa + off)) m.settled_.insert(pa + off);
    }
  }
  // The pages that the guest may still reach by a table or a TLB, and so write to. A
  // device is no memory of the host's, whatever address a test gives it.
  std::set<u64> Reachable(u64 pa, u64 size) const {
    std::set<u64> found;
    for (const auto& [addr, e] : entries_) {
      if (!e.placed) continue;
      for (const auto* set : {&e.visible, &e.cached})
        for (u64 desc : *set) {
          if (!IsLeaf(desc, e.level) || ((desc >> 2) & 0xf) != 0xf) continue;
          u64 leaf = desc & 0xfffffffff000 & ~(Size(e.level) - 1);
          u64 from = std::max(pa, leaf), to = std::min(pa + size, leaf + Size(e.level));
          for (; from < to; from += 4096) found.insert(from);
        }
    }
    return found;
  }
  static void SyncIcache(u64 pa, u64 size) {
    S2Machine& m = *current_;
    m.events += "icache ";
    for (u64 off = 0; off < size; off += 4096) {
      EXPECT_TRUE(m.cleaned_.count(pa + off) || m.mapped_pa_.count(pa + off))
          << "instruction caches are refilled from stale memory";
      m.synced_.insert(pa + off);
    }
  }

  static constexpr hvk_s2_ops kOps = {
      .alloc = Alloc,
      .free = Free,
      .pa = Pa,
      .va = Va,
      .write = Write,
      .order = Order,
      .tlbi_ipa = TlbiIpa,
      .tlbi_all = TlbiAll,
      .clean = Clean,
      .sync_icache = SyncIcache,
  };
  static inline S2Machine* current_ = nullptr;

  hvk_s2_table table_{};
  std::map<u64*, Entry> entries_;
  std::set<u64*> unordered_;
  unsigned tables_ = 0;
  u64 cleaned_bytes_ = 0;
  std::set<u64> settled_;  // of the range: pages cleaned when nothing could reach them
  // Of the operation: pages cleaned and synced by PA, and (IPA, PA) as before.
  std::set<u64> cleaned_, synced_, mapped_pa_;
  std::set<std::pair<u64, u64>> mapped_, executable_;
};

}  // namespace hvk::test
