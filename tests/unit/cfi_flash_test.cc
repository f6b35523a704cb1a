// SPDX-License-Identifier: GPL-2.0-only
#include "devices/cfi_flash.h"

#include <sys/resource.h>

#include <csignal>

#include "tests/unit/support.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

constexpr uint64_t kSize = 64 << 20;
constexpr uint64_t kReady = 0x00800080, kErasedWord = 0xffffffff;
constexpr uint64_t kLocked = 0x00020002, kProgramError = 0x00100010, kEraseError = 0x00200020;
constexpr uint64_t kSequenceError = kProgramError | kEraseError;

class CfiFlashTest : public testing::Test {
 protected:
  CfiFlashTest() {
    flash.set_show([this](bool now) {
      shown = now;
      ++shows;
    });
  }
  uint64_t get(uint64_t offset) { return flash.read(offset, 4); }
  void set(uint64_t offset, uint64_t value) { flash.write(offset, 4, value); }
  // As drivers send it, to both devices.
  void command(uint64_t offset, uint64_t code) { set(offset, code | code << 16); }
  uint64_t array(uint64_t offset) {
    uint64_t value = 0;
    std::memcpy(&value, flash.bytes().data() + offset, 4);
    return value;
  }
  void program(uint64_t offset, uint64_t value) {
    command(offset, 0x40);
    set(offset, value);
  }

  CfiFlash flash{FlashMemory(kSize), false};
  bool shown = true;
  int shows = 0;
};

TEST_F(CfiFlashTest, EachCommandsModeAndWhatIsReadThere) {
  const struct {
    const char* name;
    std::vector<uint64_t> commands;
    uint64_t offset;
    unsigned size;
    uint64_t value;
    bool array;
  } table[] = {
      {"at first", {}, 0, 4, kErasedWord, true},
      {"at first, a byte", {}, 5, 1, 0xff, true},
      {"status", {0x70}, 0x12344, 4, kReady, false},
      {"status, a half", {0x70}, 2, 2, 0x80, false},
      {"status, a doubleword", {0x70}, 8, 8, kReady | kReady << 32, false},
      {"array again", {0x70, 0xff}, 0, 4, kErasedWord, true},
      {"status cleared", {0x70, 0x50}, 0, 4, kErasedWord, true},
      {"manufacturer", {0x90}, 0, 4, 0x00890089, false},
      {"device", {0x90}, 4, 4, 0x00180018, false},
      {"block 5 is not locked", {0x90}, 5 * CfiFlash::kBlock + 8, 4, 0, false},
      {"another kind's reset", {0x90, 0xf0}, 0, 4, kErasedWord, true},
      {"a command that is none", {0x70, 0x33}, 0, 4, kErasedWord, true},
      {"Q", {0x98}, 0x40, 4, 0x00510051, false},
      {"R", {0x98}, 0x44, 4, 0x00520052, false},
      {"Y, one device of it", {0x98}, 0x4a, 2, 0x59, false},
      {"before the table", {0x98}, 0x3c, 4, 0, false},
      {"behind the table", {0x98}, 0x100, 4, 0, false},
      {"program, before its word", {0x40}, 0, 4, kReady, false},
      {"erase, before it is confirmed", {0x20}, 0, 4, kReady, false},
      {"erase, thought better of", {0x20, 0xff}, 0, 4, kErasedWord, true},
      {"erase, not confirmed", {0x20, 0x20}, 0, 4, kReady | kSequenceError, false},
      {"lock, before it is told what", {0x60}, 0, 4, kReady, false},
      {"unlock", {0x60, 0xd0}, 0, 4, kReady, false},
      {"lock", {0x60, 0x01}, 0, 4, kReady, false},
      {"lock, thought better of", {0x60, 0xff}, 0, 4, kErasedWord, true},
      {"buffered program, before its count", {0xe8}, 0, 4, kReady, false},
      {"buffered program, too much", {0xe8, 1024}, 0, 4, kReady | kSequenceError, false},
  };
  for (const auto& row : table) {
    CfiFlash bank{FlashMemory(kSize), false};
    bank.set_show([this](bool now) { shown = now; });
    shown = true;
    for (const uint64_t code : row.commands) bank.write(0x55 * 4, 4, code | code << 16);
    EXPECT_EQ(bank.read(row.offset, row.size), row.value) << row.name;
    EXPECT_EQ(shown, row.array) << row.name;
    EXPECT_EQ(bank.shown(), row.array) << row.name;
    EXPECT_EQ(bank.bytes()[row.offset], std::byte{0xff}) << row.name;
  }
}

// What drivers make of it: the geometry of QEMU's bank.
TEST_F(CfiFlashTest, TellsItsGeometry) {
  command(0, 0x98);
  const auto query = [this](unsigned index) { return get(index * 4) & 0xff; };
  EXPECT_EQ(query(0x13) | query(0x14) << 8, 1u) << "command set";
  const unsigned extended = query(0x15) | query(0x16) << 8;
  EXPECT_EQ(
      std::string({char(query(extended)), char(query(extended + 1)), char(query(extended + 2)),
                   char(query(extended + 3)), char(query(extended + 4))}),
      "PRI10");
  EXPECT_EQ(2ul << query(0x27), kSize) << "two devices of this size";
  EXPECT_EQ(query(0x28) | query(0x29) << 8, 2u) << "16 bits wide";
  EXPECT_EQ(2ul << (query(0x2a) | query(0x2b) << 8), CfiFlash::kBuffer);
  EXPECT_EQ(query(0x2c), 1u) << "regions";
  const uint64_t blocks = (query(0x2d) | query(0x2e) << 8) + 1;
  const uint64_t block = (query(0x2f) | query(0x30) << 8) * 256;
  EXPECT_EQ(blocks, 256u);
  EXPECT_EQ(2 * block, CfiFlash::kBlock);
  for (const unsigned maximum : {0x23u, 0x24u, 0x25u}) EXPECT_GT(query(maximum), 0u);
}

TEST_F(CfiFlashTest, ProgramsFromOnesToZeroes) {
  program(0x100, 0x12345678);
  EXPECT_EQ(get(0), kReady) << "the status is read until the array is asked for";
  EXPECT_EQ(array(0x100), 0x12345678u);
  command(0, 0xff);
  EXPECT_EQ(get(0x100), 0x12345678u);
  EXPECT_EQ(get(0x104), kErasedWord);
  program(0x100, 0xffff0fff);
  EXPECT_EQ(array(0x100), 0x12340678u);
  command(0, 0x10);
  flash.write(0x106, 1, 0x12);
  EXPECT_EQ(array(0x104), 0xff12ffffu);
  command(0, 0x40);
  flash.write(0x200, 8, 0x0123456789abcdef);
  EXPECT_EQ(array(0x204), 0x01234567u);
  EXPECT_EQ(get(0), kReady);
}

TEST_F(CfiFlashTest, ErasesTheBlockOfTheAddress) {
  const uint64_t block = 3 * CfiFlash::kBlock;
  for (const uint64_t offset :
       {block - 4, block, block + CfiFlash::kBlock - 4, block + CfiFlash::kBlock, kSize - 4}) {
    program(offset, 0);
  }
  command(block + 0x1238, 0x20);
  EXPECT_EQ(array(block), 0u) << "not before it is confirmed";
  command(block + 0x1238, 0xd0);
  EXPECT_EQ(get(0), kReady);
  EXPECT_EQ(array(block - 4), 0u);
  EXPECT_EQ(array(block), kErasedWord);
  EXPECT_EQ(array(block + CfiFlash::kBlock - 4), kErasedWord);
  EXPECT_EQ(array(block + CfiFlash::kBlock), 0u);
  command(kSize - 4, 0x20);
  command(kSize - 4, 0xd0);
  EXPECT_EQ(array(kSize - 4), kErasedWord);
}

TEST_F(CfiFlashTest, ProgramsABufferWhenItIsConfirmed) {
  program(0x1008, 0xff00ff00);
  command(0x1000, 0xe8);
  EXPECT_EQ(get(0), kReady);
  command(0x1000, 3);  // one less
  set(0x1000, 1);
  set(0x1008, 0x0f0f0f0f);
  set(0x1004, 2);
  set(0x1ffc, 3);
  EXPECT_EQ(array(0x1000), kErasedWord);
  command(0x1000, 0xd0);
  EXPECT_EQ(get(0), kReady);
  EXPECT_EQ(array(0x0ffc), kErasedWord);
  EXPECT_EQ(array(0x1000), 1u);
  EXPECT_EQ(array(0x1004), 2u);
  EXPECT_EQ(array(0x1008), 0x0f000f00u);
  EXPECT_EQ(array(0x100c), kErasedWord);
  EXPECT_EQ(array(0x1ffc), 3u);
  // A whole one.
  command(kSize - 4096, 0xe8);
  command(kSize - 4096, 1023);
  for (uint64_t offset = 0; offset < 4096; offset += 4) set(kSize - 4096 + offset, offset);
  command(kSize - 4096, 0xd0);
  EXPECT_EQ(array(kSize - 4096), 0u);
  EXPECT_EQ(array(kSize - 4), 4092u);
  EXPECT_EQ(get(0), kReady);
}

TEST_F(CfiFlashTest, AWrongSequenceChangesNothingAndIsTold) {
  const struct {
    const char* name;
    std::vector<std::pair<uint64_t, uint64_t>> writes;  // after the command at 0x1000
  } table[] = {
      {"not confirmed", {{0x1000, 0}, {0x1000, 5}, {0x1000, 0x20}}},
      {"out of the buffer", {{0x1000, 1}, {0x1000, 5}, {0x2000, 5}}},
      {"more than a buffer", {{0x1000, 1024}}},
  };
  for (const auto& row : table) {
    set(0x1000, 0xe8);
    for (const auto& [offset, value] : row.writes) set(offset, value);
    EXPECT_EQ(get(0), kReady | kSequenceError) << row.name;
    EXPECT_EQ(array(0x1000), kErasedWord) << row.name;
    EXPECT_EQ(array(0x2000), kErasedWord) << row.name;
    program(0x3000, 1);
    EXPECT_EQ(get(0), kReady | kSequenceError) << row.name << ": it stays until it is cleared";
    command(0, 0x50);
    command(0, 0x70);
    EXPECT_EQ(get(0), kReady) << row.name;
  }
}

TEST_F(CfiFlashTest, ShowsItsBytesOnChangeOnly) {
  program(0, 1);
  program(4, 2);
  command(0, 0x70);
  EXPECT_EQ(shows, 1);
  command(0, 0xff);
  command(0, 0xff);
  EXPECT_EQ(shows, 2);
}

TEST(CfiFlash, ThatIsLockedSaysSo) {
  CfiFlash flash{FlashMemory(kSize), true};
  const std::byte firmware[] = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  flash.load(firmware);
  flash.write(0, 4, 0x40);
  flash.write(0, 4, 0);
  EXPECT_EQ(flash.read(0, 4), kReady | kLocked | kProgramError);
  flash.write(0, 4, 0x50);
  flash.write(0, 4, 0x20);
  flash.write(0, 4, 0xd0);
  EXPECT_EQ(flash.read(0, 4), kReady | kLocked | kEraseError);
  flash.write(0, 4, 0xff);
  EXPECT_EQ(flash.read(0, 4), 0x04030201u);
}

// Any writes at all: it lives on, and never leaves its memory.
TEST(CfiFlash, TakesAnyWrites) {
  CfiFlash flash{FlashMemory(kSize), false};
  uint64_t state = 1;
  const auto random = [&state] {
    state = state * 6364136223846793005 + 1442695040888963407;
    return state >> 33;
  };
  const uint8_t codes[] = {0x10, 0x20, 0x40, 0x50, 0x60, 0x70, 0x90, 0x98, 0xd0, 0xe8, 0xff, 0};
  for (int i = 0; i < 20000; ++i) {
    const unsigned size = 1u << random() % 4;
    uint64_t offset = random() % kSize & ~uint64_t{size - 1};
    if (random() % 4 == 0) offset = kSize - size;
    flash.write(offset, size, random() % 2 ? codes[random() % std::size(codes)] : random() % 8);
    flash.read(offset, size);
  }
  flash.write(0, 4, 0xff);
  flash.write(0, 4, 0xff);
}

// A file that takes no more is a bank that fails, not a hvk-run that ends.
TEST(CfiFlash, FailsWithItsFile) {
  const test::TemporaryFolder folder;
  VarsFile file{folder.path() / "vars", 1 << 20};
  CfiFlash flash{FlashMemory(1 << 20, file), false};
  struct rlimit before, none;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  none = before;
  none.rlim_cur = 4096;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  flash.write(0x8000, 4, 0x40);
  flash.write(0x8000, 4, 0);
  EXPECT_EQ(flash.read(0, 4), kReady | kProgramError);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(flash.bytes()[0x8000], std::byte{0xff}) << "as the file has it";
  flash.write(0, 4, 0x50);
  flash.write(0x8000, 4, 0x40);
  flash.write(0x8000, 4, 0);
  EXPECT_EQ(flash.read(0, 4), kReady);
  EXPECT_EQ(flash.bytes()[0x8000], std::byte{0});
}

TEST(CfiFlash, DescribesBothBanksInOneNode) {
  const CfiFlash flash{FlashMemory(kSize), true};
  const test::DescribedTree tree(flash, 0);
  const char* node = "/flash@0";
  EXPECT_EQ(tree.property(node, "compatible"), std::string("cfi-flash\0", 10));
  EXPECT_EQ(tree.property(node, "reg"),
            test::cells({0, 0, 0, 0x4000000, 0, 0x4000000, 0, 0x4000000}));
  EXPECT_EQ(tree.property(node, "bank-width"), test::cells({4}));
  Fdt other;
  {
    Fdt::Node root(other, "");
    flash.describe(other, 0x4000000);
  }
  const std::vector<std::byte> blob = other.finish();
  EXPECT_EQ(fdt_first_subnode(blob.data(), 0), -FDT_ERR_NOTFOUND);
}

}  // namespace
}  // namespace hvk
