// SPDX-License-Identifier: GPL-2.0-only
// The walk of a guest's stage-1 tables: layouts, faults, and what a guest can
// do to it.
#include <random>

extern "C" {
#include "kmod/trap/s1walk.h"
}

namespace hvk::test {
namespace {

// TCR_EL1
constexpr u64 T0sz(u64 n) { return n; }
constexpr u64 T1sz(u64 n) { return n << 16; }
enum Granule { k4, k16, k64 };
constexpr u64 Tg(Granule g) {
  constexpr u64 kTg0[] = {0, 2, 1}, kTg1[] = {2, 1, 3};
  return kTg0[g] << 14 | kTg1[g] << 30;
}
constexpr u64 kEpd0 = 1 << 7, kEpd1 = 1 << 23, kTbi0 = 1ull << 37, kTbi1 = 1ull << 38;
constexpr u64 kMmuOn = 1, kBigEndian = 1 << 25;
// Descriptors
constexpr u64 kTable = 3, kPage = 3, kBlock = 1;
// Attributes that must not end up in the address.
constexpr u64 kUpper = 0x00f8000000000000, kLower = 0x704;

// Guest memory: what is not there is a read error.
class Memory {
 public:
  void set(u64 ipa, u64 value) { words_[ipa] = value; }

  static int read(void* opaque, u64 ipa, u64* value) {
    auto* memory = static_cast<Memory*>(opaque);
    memory->reads++;
    if (ipa & 7) ADD_FAILURE() << "unaligned " << std::hex << ipa;
    const auto it = memory->words_.find(ipa);
    if (it == memory->words_.end()) return -EIO;
    *value = it->second;
    return 0;
  }

  int reads = 0;

 private:
  std::map<u64, u64> words_;
};

struct Descriptor {
  u64 ipa, value;
};

struct Case {
  const char* name;
  u64 sctlr, tcr, ttbr0, ttbr1, va;
  std::vector<Descriptor> memory;
  int error;
  u64 ipa;
};

const Case kCases[] = {
    {"MMU off", 0, 0, 0, 0, 0x40001234, {}, 0, 0x40001234},
    {"MMU off, beyond 48 bits", 0, 0, 0, 0, 1ull << 48, {}, -EFAULT, 0},

    {"4K, 48 bits, page",
     kMmuOn,
     T0sz(16) | Tg(k4),
     0x1000,
     0,
     0x0000'0080'c060'3a55,
     {{0x1000 + 1 * 8, 0x2000 | kTable},
      {0x2000 + 3 * 8, 0x3000 | kTable},
      {0x3000 + 3 * 8, 0x4000 | kTable | 1ull << 59},
      {0x4000 + 3 * 8, 0x7'654321'000 | kPage | kUpper | kLower}},
     0,
     0x7'654321'a55},
    {"4K, 48 bits, upper half",
     kMmuOn,
     T1sz(16) | Tg(k4),
     0,
     0x1000,
     0xffff'8080'c060'3008,
     {{0x1000 + 0x101 * 8, 0x2000 | kTable},
      {0x2000 + 3 * 8, 0x3000 | kTable},
      {0x3000 + 3 * 8, 0x4000 | kTable},
      {0x4000 + 3 * 8, 0x80000000 | kPage}},
     0,
     0x80000008},
    {"4K, 39 bits, 1 GiB block",
     kMmuOn,
     T0sz(25) | Tg(k4),
     0x1000,
     0,
     0x7f'c123'4567,
     {{0x1000 + 511 * 8, 0x80000000 | kBlock | kUpper | kLower}},
     0,
     0x8123'4567},
    {"4K, 39 bits, 2 MiB block",
     kMmuOn,
     T0sz(25) | Tg(k4),
     0x1000,
     0,
     0x4023'4567,
     {{0x1000 + 1 * 8, 0x2000 | kTable}, {0x2000 + 1 * 8, 0x40600000 | kBlock}},
     0,
     0x4063'4567},
    {"4K, 36 bits: a short first table",
     kMmuOn,
     T0sz(28) | Tg(k4),
     0x1200 | 1ull << 48,
     0,
     0xf'c000'0010,
     {{0x1200 + 63 * 8, 0x40000000 | kBlock}},
     0,
     0x40000010},
    {"16K, 47 bits, page",
     kMmuOn,
     T0sz(17) | Tg(k16),
     0x4000,
     0,
     0x10'0200'4123,
     {{0x4000 + 1 * 8, 0x8000 | kTable},
      {0x8000 + 1 * 8, 0xc000 | kTable},
      {0xc000 + 1 * 8, 0x8'0004'4000 | kPage}},
     0,
     0x8'0004'4123},
    {"16K, 48 bits: two entries",
     kMmuOn,
     T0sz(16) | Tg(k16),
     0x4000,
     0,
     0x8000'0000'0000,
     {{0x4000 + 1 * 8, 0x8000 | kTable}, {0x8000, 0xc000 | kTable}, {0xc000, 0x42000000 | kBlock}},
     0,
     0x42000000},
    {"64K, 42 bits, page",
     kMmuOn,
     T0sz(22) | Tg(k64),
     0x10000,
     0,
     0x2001'5432,
     {{0x10000 + 1 * 8, 0x20000 | kTable}, {0x20000 + 1 * 8, 0x50000 | kPage}},
     0,
     0x55432},
    {"64K, 42 bits, 512 MiB block",
     kMmuOn,
     T0sz(22) | Tg(k64),
     0x10000,
     0,
     0x2765'4321,
     {{0x10000 + 1 * 8, 0x60000000 | kBlock}},
     0,
     0x67654321},

    {"big-endian tables",
     kMmuOn | kBigEndian,
     T0sz(25) | Tg(k4),
     0x1000,
     0,
     0x4000'0004,
     {{0x1000 + 1 * 8, __builtin_bswap64(0x80000000 | kBlock)}},
     0,
     0x80000004},
    {"tag ignored",
     kMmuOn,
     T0sz(25) | Tg(k4) | kTbi0,
     0x1000,
     0,
     0xab00'0000'4000'0000,
     {{0x1000 + 1 * 8, 0x80000000 | kBlock}},
     0,
     0x80000000},
    {"tag ignored above",
     kMmuOn,
     T1sz(25) | Tg(k4) | kTbi1,
     0,
     0x1000,
     0x00ff'ff80'4000'0000,
     {{0x1000 + 1 * 8, 0x80000000 | kBlock}},
     0,
     0x80000000},
    {"tag not ignored",
     kMmuOn,
     T0sz(25) | Tg(k4),
     0x1000,
     0,
     0xab00'0000'4000'0000,
     {},
     -EFAULT,
     0},
    {"between the halves",
     kMmuOn,
     T0sz(25) | T1sz(25) | Tg(k4),
     0x1000,
     0x1000,
     1ull << 40,
     {},
     -EFAULT,
     0},

    {"walks below off", kMmuOn, T0sz(25) | Tg(k4) | kEpd0, 0x1000, 0, 0x4000'0000, {}, -EFAULT, 0},
    {"walks above off", kMmuOn, T1sz(25) | Tg(k4) | kEpd1, 0, 0x1000, ~0ull, {}, -EFAULT, 0},
    {"not valid", kMmuOn, T0sz(25) | Tg(k4), 0x1000, 0, 0, {{0x1000, 0x80000000}}, -EFAULT, 0},
    {"page with bit 1 clear",
     kMmuOn,
     T0sz(39) | Tg(k4),
     0x1000,
     0,
     0,
     {{0x1000, 0x2000 | kTable}, {0x2000, 0x80000000 | kBlock}},
     -EFAULT,
     0},
    {"block at level 0", kMmuOn, T0sz(16) | Tg(k4), 0x1000, 0, 0, {{0x1000, kBlock}}, -EFAULT, 0},
    {"16K block at level 1",
     kMmuOn,
     T0sz(17) | Tg(k16),
     0x4000,
     0,
     0,
     {{0x4000, kBlock}},
     -EFAULT,
     0},
    {"64K block at level 1",
     kMmuOn,
     T0sz(16) | Tg(k64),
     0x10000,
     0,
     0,
     {{0x10000, kBlock}},
     -EFAULT,
     0},
    {"table outside memory", kMmuOn, T0sz(25) | Tg(k4), 0x1000, 0, 0, {}, -EIO, 0},
    {"52 bits", kMmuOn, T0sz(12) | Tg(k64), 0x1000, 0, 0, {}, -EINVAL, 0},
    {"T0SZ out of range", kMmuOn, T0sz(63) | Tg(k4), 0x1000, 0, 0, {}, -EINVAL, 0},
    {"reserved TG0", kMmuOn, T0sz(25) | 3 << 14, 0x1000, 0, 0, {}, -EINVAL, 0},
    {"reserved TG1", kMmuOn, T1sz(25) | 0ull << 30, 0, 0x1000, ~0ull, {}, -EINVAL, 0},
};

TEST(S1Walk, Table) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Memory memory;
    for (const Descriptor& d : c.memory) memory.set(d.ipa, d.value);
    const hvk_s1_regs regs = {c.sctlr, c.tcr, c.ttbr0, c.ttbr1};
    u64 ipa = 0;
    ASSERT_EQ(hvk_s1_walk(&regs, c.va, Memory::read, &memory, &ipa), c.error);
    if (!c.error) {
      EXPECT_EQ(ipa, c.ipa);
    }
    EXPECT_EQ(memory.reads, c.error == -EIO ? 1 : static_cast<int>(c.memory.size()));
  }
}

// A table that points to itself, any registers and any address: the walk ends
// within four reads, and its result is an address of at most 48 bits.
TEST(S1Walk, AnythingEnds) {
  std::mt19937_64 random(1);
  struct Any {
    std::mt19937_64* random;
    int reads;
  } any{&random, 0};
  const auto read = [](void* opaque, u64 ipa, u64* desc) {
    auto* state = static_cast<Any*>(opaque);
    EXPECT_EQ(ipa & 7, 0u);
    EXPECT_EQ(ipa >> 48, 0u);
    state->reads++;
    *desc = (*state->random)() | 1;
    return 0;
  };
  for (int i = 0; i < 300'000; i++) {
    const hvk_s1_regs regs = {random() | 1, random(), random(), random()};
    u64 va = random(), ipa = 0;
    // Mostly canonical.
    if (i & 1) va = static_cast<u64>(static_cast<int64_t>(va) >> (16 + i / 2 % 32));
    any.reads = 0;
    const int error = hvk_s1_walk(&regs, va, read, &any, &ipa);
    ASSERT_LE(any.reads, 4);
    if (!error) {
      ASSERT_EQ(ipa >> 48, 0u);
    }
  }
}

}  // namespace
}  // namespace hvk::test
