// SPDX-License-Identifier: GPL-2.0-only
// The recogniser as a whole, the flat formats, and packing.
#include "image/image.h"

#include <limits>

#include "tests/unit/image_fixture.h"

namespace hvk {
namespace {

using namespace test;

class ImageTest : public LoaderTest {};

TEST_F(ImageTest, Arm64Image) {
  const Blob file = arm64_image({.text_offset = 0x1000, .image_size = 0x9000, .file_size = 0x8000});
  const LoadedImage loaded = load(file);
  EXPECT_EQ(loaded.format, "arm64 Image");
  EXPECT_EQ(loaded.entry, kBase + 0x1000);
  EXPECT_TRUE(loaded.linux_protocol);
  ASSERT_EQ(loaded.parts.size(), 1u);
  EXPECT_EQ(loaded.parts[0].name, "kernel");
  EXPECT_EQ(loaded.parts[0].ipa, kBase + 0x1000);
  EXPECT_EQ(loaded.parts[0].size, 0x9000u) << "BSS included";
  EXPECT_EQ(ram_at(kBase + 0x1000, 0x8000), file);
  EXPECT_EQ(ram_at(kBase, 0x1000), Blob(0x1000, 0xee));
}

TEST_F(ImageTest, Arm64ImageSizes) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  const struct {
    const char* name;
    Arm64Options options;
    uint64_t entry, size;  // entry 0: refused
    const char* message;
  } table[] = {
      {"text offset 0", {0, 0x2000, 0x1000}, kBase, 0x2000, ""},
      {"legacy", {0x1234, 0, 0x1000}, kBase + 0x80000, 0x1000, ""},
      {"file longer than image_size", {0, 0x1000, 0x3000}, kBase, 0x3000, ""},
      {"fills the RAM", {0x1000, kRamSize - 0x1000, 0x1000}, kBase + 0x1000, kRamSize - 0x1000, ""},
      {"a byte too long", {0x1000, kRamSize - 0xfff, 0x1000}, 0, 0, "--memory"},
      {"image_size huge", {0x1000, kMax, 0x1000}, 0, 0, "--memory"},
      {"text offset at the end", {kRamSize, 0x1000, 0x1000}, 0, 0, "--memory"},
      {"text offset huge", {kMax - 3, 0x1000, 0x1000}, 0, 0, "--memory"},
      {"text offset wraps to the base", {kMax - kBase - 3, 0x1000, 0x1000}, 0, 0, "--memory"},
      {"text offset odd", {0x1002, 0x1000, 0x1000}, 0, 0, "instruction"},
      {"header only", {0, 0x1000, 64}, kBase, 0x1000, ""},
  };
  for (const auto& row : table) {
    const Blob file = arm64_image(row.options);
    if (row.entry == 0) {
      const std::string message = refusal(file);
      EXPECT_NE(message, "") << row.name;
      EXPECT_NE(message.find(row.message), std::string::npos) << row.name << ": " << message;
      continue;
    }
    const LoadedImage loaded = load(file);
    EXPECT_EQ(loaded.entry, row.entry) << row.name;
    EXPECT_EQ(loaded.parts.at(0).size, row.size) << row.name;
  }
}

// A file that says where it goes can be read there, and is then loaded without a copy.
TEST_F(ImageTest, KnowsThePlaceOfAFileByItsHead) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  const Blob plain =
      arm64_image({.text_offset = 0x1000, .image_size = 0x9000, .file_size = 0x8000});
  Blob zboot = plain;
  put(zboot, 0, std::string_view("MZ\0\0zimg", 8));
  const struct {
    const char* name;
    Blob file;
    LoadOptions options;
    std::optional<uint64_t> place;
  } table[] = {
      {"an Image", plain, {}, kBase + 0x1000},
      {"an old one", arm64_image({0x1234, 0, 0x1000}), {}, kBase + 0x80000},
      {"no header", Blob(0x8000, 0x14), {}, {}},
      {"half a header", Blob(plain.begin(), plain.begin() + 59), {}, {}},
      {"packed", zboot, {}, {}},
      {"as raw", plain, {.raw = true, .address = {}}, {}},
      {"elsewhere", plain, {.raw = false, .address = kBase + 0x4000}, {}},
      {"fills the RAM",
       arm64_image({kRamSize - 0x1000, 0x1000, 0x1000}),
       {},
       kBase + kRamSize - 0x1000},
      {"a byte too long", arm64_image({kRamSize - 0x1000, 0x1000, 0x1001}), {}, {}},
      {"text offset huge", arm64_image({kMax - 3, 0x1000, 0x1000}), {}, {}},
  };
  for (const auto& row : table) {
    const auto file = std::as_bytes(std::span(row.file));
    const auto head = file.first(std::min<size_t>(file.size(), 64));
    EXPECT_EQ(place_as_it_is(head, file.size(), kRamSize, kBase, row.options), row.place)
        << row.name;
  }

  // From its own place and from one that overlaps it.
  for (const uint64_t from : {0x1000, 0x800, 0x1800}) {
    std::fill(ram.begin(), ram.end(), std::byte{0xee});
    const auto there = std::span(ram).subspan(from, plain.size());
    std::ranges::copy(std::as_bytes(std::span(plain)), there.begin());
    const LoadedImage loaded = load_image(there, ram, kBase);
    EXPECT_EQ(loaded.entry, kBase + 0x1000);
    EXPECT_EQ(ram_at(kBase + 0x1000, 0x8000), plain) << from;
    EXPECT_EQ(ram_at(kBase + 0x9000, 0x1000), Blob(0x1000, 0)) << from << ": BSS";
  }
}

TEST_F(ImageTest, Arm64ImageThatCannotRun) {
  Blob file = arm64_image({0, 0x2000, 0x1000});
  put_le(file, 24, 1, 8);
  EXPECT_NE(refusal(file).find("big-endian"), std::string::npos);

  // Two sections, as an EFI stub has them; the second ends the file.
  file = arm64_image({0, 0x2000, 0x1000});
  put(file, 0, "MZ");
  put_le(file, 60, 0x40, 4);
  put(file, 0x40, std::string_view("PE\0\0", 4));
  put_le(file, 0x46, 2, 2);
  put_le(file, 0x54, 0xa0, 2);
  const size_t sections = 0x40 + 24 + 0xa0;
  put_le(file, sections + 16, 0x800, 4);
  put_le(file, sections + 20, 0x200, 4);
  put_le(file, sections + 40 + 16, 0x600, 4);
  put_le(file, sections + 40 + 20, 0xa00, 4);
  EXPECT_EQ(refusal(file), "");
  const std::string message = refusal(Blob(file.begin(), file.end() - 1));
  EXPECT_NE(message.find("cut off: the file has 4095 of 4096"), std::string::npos) << message;
  // A header that lies.
  put_le(file, sections + 40 + 16, 0xffffffff, 4);
  EXPECT_NE(refusal(file).find("cut off"), std::string::npos);
  put_le(file, 0x46, 0xffff, 2);
  EXPECT_NE(refusal(file), "");
}

TEST_F(ImageTest, Raw) {
  const Blob file = {0x00, 0x00, 0x00, 0x14};  // b .
  const LoadedImage loaded = load(file);
  EXPECT_EQ(loaded.format, "raw");
  EXPECT_EQ(loaded.entry, kBase);
  EXPECT_FALSE(loaded.linux_protocol);
  EXPECT_EQ(ram_at(kBase, 5), (Blob{0x00, 0x00, 0x00, 0x14, 0xee}));
  EXPECT_EQ(refusal(Blob(kRamSize, 0x14)), "");
  EXPECT_NE(refusal(Blob(kRamSize + 1, 0x14)).find("--memory"), std::string::npos);
}

TEST_F(ImageTest, TooShortForItsHeader) {
  Blob old_stub = arm64_image({0, 0x2000, 0x1000}), stub = old_stub;
  put(old_stub, 0, std::string_view("MZ\0\x91", 4));
  put(stub, 0, "MZ\x40\xfa");
  Blob plain = arm64_image({0x80000, 0x2000000, 0x1000});
  put_le(plain, 0, 0xd503201f, 4);  // nop, and a branch
  put_le(plain, 4, 0x14000010, 4);
  put_le(plain, 24, 0xa, 8);
  for (size_t at = 32; at < 56; at += 8) put_le(plain, at, 0, 8);
  const struct {
    const char* name;
    const Blob& image;
    size_t first;  // length that is recognised
  } table[] = {
      {"with the EFI stub", stub, 4}, {"with an older one", old_stub, 4}, {"without", plain, 32}};
  for (const auto& row : table) {
    for (size_t size = row.first; size < 60; ++size) {
      const Blob rest(row.image.begin(), row.image.begin() + static_cast<ptrdiff_t>(size));
      const std::string message = refusal(rest);
      EXPECT_NE(message.find("the kernel is cut off"), std::string::npos)
          << row.name << ", " << size << ": " << message;
      EXPECT_NE(refusal(gzip(rest)), "") << row.name << ", packed, " << size;
    }
  }
  // As short, and a program: movz x0, #1 and so on.
  for (size_t words = 1; words < 16; ++words) {
    Blob program(words * 4);
    for (size_t i = 0; i < words; ++i) put_le(program, i * 4, 0xd2800020 + (i & 7), 4);
    EXPECT_EQ(refusal(program), "") << words;
  }
  for (size_t size = 1; size < 4; ++size) {
    EXPECT_NE(refusal(Blob(size, 0x14)).find("no instruction"), std::string::npos) << size;
  }
}

TEST_F(ImageTest, Packed) {
  const Blob kernel = arm64_image({.text_offset = 0, .image_size = 0, .file_size = 0x9000});
  const Blob elf = elf_file({{.vaddr = kBase, .paddr = kBase, .data = {1, 2, 3, 4}}}, kBase);
  const Blob raw(0x123, 0x14);
  const struct {
    const char* name;
    Blob file;
    const char* format;
    uint64_t entry;
  } table[] = {
      {"gzip", gzip(kernel), "arm64 Image, gzip", kBase + 0x80000},
      {"gzip, raw", gzip(raw), "raw, gzip", kBase},
      {"gzip, ELF", gzip(elf), "ELF64, gzip", kBase},
      {"zstd", zstd(kernel), "arm64 Image, zstd", kBase + 0x80000},
      {"zboot, gzip", zboot("gzip", gzip(kernel)), "arm64 Image, EFI zboot (gzip)",
       kBase + 0x80000},
      {"zboot, zstd", zboot("zstd", zstd(kernel)), "arm64 Image, EFI zboot (zstd)",
       kBase + 0x80000},
      {"zboot, zstd22", zboot("zstd22", zstd(kernel)), "arm64 Image, EFI zboot (zstd22)",
       kBase + 0x80000},
      {"padded", gzip(raw) + Blob(100, 0), "raw, gzip", kBase},
      {"two members", gzip({1, 2}) + gzip({3, 0x14}), "raw, gzip", kBase},
      {"two frames", zstd({1, 2}) + zstd({3, 0x14}), "raw, zstd", kBase},
  };
  for (const auto& row : table) {
    const LoadedImage loaded = load(row.file);
    EXPECT_EQ(loaded.format, row.format) << row.name;
    EXPECT_EQ(loaded.entry, row.entry) << row.name;
  }
  EXPECT_EQ(ram_at(kBase, 4), (Blob{1, 2, 3, 0x14}));
  load(gzip(kernel));
  EXPECT_EQ(ram_at(kBase + 0x80000, kernel.size()), kernel);
}

TEST_F(ImageTest, PackedFillsTheRam) {
  EXPECT_EQ(refusal(gzip(Blob(kRamSize, 0x14))), "");
  EXPECT_EQ(refusal(zstd(Blob(kRamSize, 0x14))), "");
  EXPECT_NE(refusal(gzip(Blob(kRamSize + 1, 0x14))).find("--memory"), std::string::npos);
  EXPECT_NE(refusal(zstd(Blob(kRamSize + 1, 0x14))).find("--memory"), std::string::npos);
}

TEST_F(ImageTest, BombsAreBounded) {
  // 256 MiB of zeroes in about as many KiB, as 64 members of 4 MiB.
  Blob bomb, members;
  const Blob member = gzip(Blob(4 << 20, 0));
  for (int i = 0; i < 64; ++i) bomb = bomb + member;
  EXPECT_NE(refusal(bomb).find("--memory"), std::string::npos);
  EXPECT_NE(refusal(zboot("gzip", bomb)).find("--memory"), std::string::npos);
  EXPECT_NE(refusal(gzip(bomb)).find("packed twice"), std::string::npos);
}

TEST_F(ImageTest, DamagedPacking) {
  const Blob kernel = arm64_image({.text_offset = 0, .image_size = 0, .file_size = 0x9000});
  const Blob gz = gzip(kernel), zst = zstd(kernel);
  Blob flipped = gz;
  flipped[flipped.size() - 5] ^= 0xff;  // the checksum
  Blob bad_method = gz;
  bad_method[3] = 0xff;  // reserved flags
  const struct {
    const char* name;
    Blob file;
    const char* message;
  } table[] = {
      {"gzip cut off", Blob(gz.begin(), gz.end() - 9), "cut off"},
      {"gzip without its checksum", Blob(gz.begin(), gz.end() - 8), "cut off"},
      {"gzip header only", Blob(gz.begin(), gz.begin() + 10), "cut off"},
      {"gzip magic only", Blob(gz.begin(), gz.begin() + 3), "cut off"},
      {"gzip checksum", flipped, "damaged"},
      {"gzip flags", bad_method, "damaged"},
      {"gzip, empty inside", gzip({}), "nothing"},
      {"zstd cut off", Blob(zst.begin(), zst.end() - 1), "cut off"},
      {"zstd magic only", Blob(zst.begin(), zst.begin() + 4), "cut off"},
      {"zstd damaged", Blob(zst.begin(), zst.begin() + 4) + Blob(50, 0xff), "damaged"},
      {"gzip in gzip", gzip(gzip(kernel)), "twice"},
      {"zboot in gzip", gzip(zboot("gzip", gz)), "twice"},
      {"second member cut off", gz + Blob(gz.begin(), gz.begin() + 20), "cut off"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(row.file);
    EXPECT_NE(message.find(row.message), std::string::npos) << row.name << ": " << message;
  }
}

TEST_F(ImageTest, HostileZboot) {
  const Blob good = zboot("gzip", gzip(Blob(100, 0x14)));
  const auto with = [&](size_t offset, uint32_t value) {
    Blob file = good;
    put_le(file, offset, value, 4);
    return file;
  };
  const struct {
    const char* name;
    Blob file;
    const char* message;
  } table[] = {
      {"unsupported method", zboot("lzma", Blob(100, 1)), "\"lzma\""},
      {"method without end", zboot(std::string(32, 'x'), Blob(100, 1)), "xxxx"},
      {"method not printable", zboot("\x1b[2J", Blob(100, 1)), "\"?[2J\""},
      {"offset beyond", with(8, 0xffffffff), "cut off"},
      {"size beyond", with(12, 0xffffffff), "cut off"},
      {"offset and size wrap", with(8, 0xfffffff0), "cut off"},
      {"size 0", with(12, 0), "cut off"},
      {"header cut off", Blob(good.begin(), good.begin() + 14), "header"},
      {"payload is the header", with(8, 0), "damaged"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(row.file);
    EXPECT_NE(message.find(row.message), std::string::npos) << row.name << ": " << message;
  }
}

// Every prefix of every good file is either refused or loaded; ASan watches.
TEST_F(ImageTest, EveryPrefix) {
  const Blob kernel = arm64_image({.text_offset = 0, .image_size = 0, .file_size = 200});
  const Blob files[] = {
      kernel,
      gzip(kernel),
      zstd(kernel),
      zboot("gzip", gzip(kernel)),
      zboot("zstd", zstd(kernel)),
      elf_file({{.vaddr = kBase, .paddr = kBase, .data = Blob(64, 1)}}, kBase),
  };
  for (const Blob& file : files) {
    EXPECT_EQ(refusal(file), "");
    for (size_t size = 0; size < file.size(); ++size) {
      // A copy of exactly this size, so that reading one byte more is seen.
      refusal(Blob(file.begin(), file.begin() + static_cast<ptrdiff_t>(size)));
    }
  }
}

}  // namespace
}  // namespace hvk
