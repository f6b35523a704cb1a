// SPDX-License-Identifier: GPL-2.0-only
#include <limits>

#include "image/image.h"
#include "tests/unit/image_fixture.h"

namespace hvk {
namespace {

using namespace test;

constexpr uint64_t kHigh = 0xffff800008000000;
constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

class ElfTest : public LoaderTest {};

// One segment of 16 bytes at the RAM base.
Blob small() { return elf_file({{.vaddr = kBase, .paddr = kBase, .data = Blob(16, 1)}}, kBase); }

Blob small_with(size_t offset, uint64_t value, unsigned size) {
  Blob file = small();
  put_le(file, offset, value, size);
  return file;
}

TEST_F(ElfTest, LoadsByPhysicalAddress) {
  const Blob file =
      elf_file({{.vaddr = kHigh + 0x2000, .paddr = kBase + 0x3000, .data = Blob(8, 2), .bss = 8},
                {.vaddr = 0, .paddr = 0, .data = Blob(4, 9), .type = 4},  // a note
                {.vaddr = kHigh, .paddr = kBase + 0x1000, .data = Blob(16, 1)},
                {.vaddr = 0, .paddr = 0, .data = {}}},  // occupies nothing
               kHigh + 4);
  const LoadedImage loaded = load(file);
  EXPECT_EQ(loaded.format, "ELF64");
  EXPECT_FALSE(loaded.linux_protocol);
  EXPECT_EQ(loaded.entry, kBase + 0x1004) << "translated by the segment that holds it";
  ASSERT_EQ(loaded.parts.size(), 2u);
  EXPECT_EQ(loaded.parts[0].name, "segment 2") << "by address, named by place in the file";
  EXPECT_EQ(loaded.parts[0].ipa, kBase + 0x1000);
  EXPECT_EQ(loaded.parts[1].size, 16u);
  EXPECT_EQ(ram_at(kBase + 0x1000, 17), Blob(16, 1) + Blob(1, 0xee));
  EXPECT_EQ(ram_at(kBase + 0x3000, 17), Blob(8, 2) + Blob(8, 0) + Blob(1, 0xee));
}

TEST_F(ElfTest, EntryGivenAsPhysical) {
  const Blob file =
      elf_file({{.vaddr = kHigh, .paddr = kBase + 0x1000, .data = Blob(16, 1)}}, kBase + 0x1008);
  EXPECT_EQ(load(file).entry, kBase + 0x1008);
}

TEST_F(ElfTest, PositionIndependentExecutable) {
  Blob file = small();
  put_le(file, kElfType, 3, 2);  // ET_DYN
  EXPECT_EQ(load(file).entry, kBase);
}

TEST_F(ElfTest, VmlinuxGoesWhereItsImageWould) {
  const Blob text =
      arm64_image({.text_offset = 0x10000, .image_size = 0x3000, .file_size = 0x1000});
  const Blob file = elf_file(
      {{.vaddr = kHigh, .paddr = kHigh, .data = text},
       {.vaddr = kHigh + 0x2000, .paddr = kHigh + 0x2000, .data = Blob(8, 3), .bss = 0x100}},
      kHigh);
  const LoadedImage loaded = load(file);
  EXPECT_EQ(loaded.format, "ELF64, vmlinux");
  EXPECT_TRUE(loaded.linux_protocol);
  EXPECT_EQ(loaded.entry, kBase + 0x10000);
  ASSERT_EQ(loaded.parts.size(), 2u);
  EXPECT_EQ(loaded.parts[1].ipa, kBase + 0x12000);
  EXPECT_EQ(ram_at(kBase + 0x10000, 0x1000), text);
  EXPECT_EQ(ram_at(kBase + 0x12000, 8), Blob(8, 3));
}

TEST_F(ElfTest, VmlinuxTooFarApart) {
  const Blob text = arm64_image({.text_offset = 0, .image_size = 0x3000, .file_size = 0x100});
  // The second address would wrap round to the RAM base.
  for (uint64_t distance : {kRamSize, uint64_t{1} << 40, kMax - kHigh - 0x1000}) {
    const Blob file = elf_file({{.vaddr = kHigh, .paddr = kHigh, .data = text},
                                {.vaddr = 0, .paddr = kHigh + distance, .data = Blob(8, 3)}},
                               kHigh);
    EXPECT_NE(refusal(file).find("--memory"), std::string::npos) << distance;
  }
}

TEST_F(ElfTest, Refused) {
  const size_t segment = kElfHeader;
  const struct {
    const char* name;
    Blob file;
    const char* message;
  } table[] = {
      {"32-bit", small_with(4, 1, 1), "32-bit"},
      {"big-endian", small_with(5, 2, 1), "big-endian"},
      {"x86-64", small_with(kElfMachine, 62, 2), "another machine"},
      {"object file", small_with(kElfType, 1, 2), "link it"},
      {"core file", small_with(kElfType, 4, 2), "no executable"},
      {"no program headers", small_with(kElfPhnum, 0, 2), "nothing to load"},
      {"odd header size", small_with(kElfPhentsize, 32, 2), "32 bytes"},
      {"too many headers", small_with(kElfPhnum, 0xffff, 2), "cut off"},
      {"headers beyond", small_with(kElfPhoff, 0x1000, 8), "cut off"},
      {"headers wrap", small_with(kElfPhoff, kMax - 10, 8), "cut off"},
      {"data beyond", small_with(segment + kPhOffset, 0x1000, 8), "cut off"},
      {"data wraps", small_with(segment + kPhOffset, kMax - 4, 8), "cut off"},
      {"file size huge", small_with(segment + kPhFilesz, kMax, 8), "cut off"},
      {"file size over memory size", small_with(segment + kPhMemsz, 15, 8), "more bytes"},
      {"memory size huge", small_with(segment + kPhMemsz, kMax, 8), "address space"},
      {"memory size beyond RAM", small_with(segment + kPhMemsz, kRamSize + 1, 8), "--memory"},
      {"below RAM", small_with(segment + kPhPaddr, kBase - 4, 8), "segment 0"},
      {"above RAM", small_with(segment + kPhPaddr, kBase + kRamSize, 8), "segment 0"},
      {"over the end", small_with(segment + kPhPaddr, kBase + kRamSize - 12, 8), "segment 0"},
      {"physical wraps", small_with(segment + kPhPaddr, kMax - 4, 8), "address space"},
      {"virtual wraps", small_with(segment + kPhVaddr, kMax - 4, 8), "address space"},
      {"entry elsewhere", small_with(kElfEntry, 0x1234, 8), "none of its segments"},
      {"entry behind the end", small_with(kElfEntry, kBase + 16, 8), "none of its segments"},
      {"entry odd", small_with(kElfEntry, kBase + 2, 8), "instruction"},
      {"overlap",
       elf_file({{.vaddr = 0, .paddr = kBase + 8, .data = Blob(16, 1)},
                 {.vaddr = 64, .paddr = kBase, .data = Blob(4, 1), .bss = 5}},
                0),
       "overlap"},
      {"same place",
       elf_file({{.vaddr = 0, .paddr = kBase, .data = Blob(16, 1)},
                 {.vaddr = 64, .paddr = kBase, .data = Blob(16, 1)}},
                0),
       "overlap"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(row.file);
    EXPECT_NE(message.find(row.message), std::string::npos) << row.name << ": " << message;
  }
}

TEST_F(ElfTest, FitsToTheLastByte) {
  EXPECT_EQ(refusal(small_with(kElfHeader + kPhMemsz, kRamSize, 8)), "");
  EXPECT_EQ(
      refusal(elf_file({{.vaddr = 0, .paddr = kBase + kRamSize - 16, .data = Blob(16, 1)}}, 0)),
      "");
  EXPECT_EQ(refusal(elf_file({{.vaddr = 0, .paddr = kBase, .data = Blob(16, 1)},
                              {.vaddr = 64, .paddr = kBase + 16, .data = Blob(16, 1)}},
                             0)),
            "")
      << "neighbours do not overlap";
}

}  // namespace
}  // namespace hvk
