// SPDX-License-Identifier: GPL-2.0-only
// Files without a header: what is taken for a program, what is not, and what the person says.
#include "tests/unit/image_fixture.h"

namespace hvk {
namespace {

using namespace test;

class RawTest : public LoaderTest {
 protected:
  static Blob word(uint32_t first) {
    Blob file(64);
    put_le(file, 0, first, 4);
    return file;
  }
  static Blob text(std::string_view content) { return Blob(content.begin(), content.end()); }
};

const LoadOptions kRaw{.raw = true, .address = {}};

TEST_F(RawTest, FirstWords) {
  const struct {
    const char* name;
    uint32_t first;
    bool taken;
  } table[] = {
      // The project's own, and what others' programs begin with.
      {"mov x19, x0", 0xaa0003f3, true},
      {"ldr x0, label", 0x58000100, true},
      {"b", 0x1400000a, true},
      {"bl", 0x94000010, true},
      {"nop", 0xd503201f, true},
      {"bti c", 0xd503245f, true},
      {"msr daifset, #15", 0xd5034fdf, true},
      {"mrs x0, mpidr_el1", 0xd53800a0, true},
      {"mrs x0, currentel", 0xd5384240, true},
      {"adr x0, label", 0x10000080, true},
      {"adrp x0, label", 0x90000000, true},
      {"movz x1, #0x900", 0xd2812001, true},
      {"mov w0, #1", 0x52800020, true},
      {"ldr w0, [x1]", 0xb9400020, true},
      {"stp x29, x30, [sp, #-16]!", 0xa9bf7bfd, true},
      {"cbz x0, label", 0xb4000040, true},
      {"add x13, x18, #0x16, Linux's MZ", 0x91005a4d, true},
      {"sub sp, sp, #16", 0xd10043ff, true},
      {"madd x0, x1, x2, x3", 0x9b020c20, true},
      {"hvc #0", 0xd4000002, true},
      // None of A64's, or none that a guest begins with.
      {"zeroes, UDF", 0x00000000, false},
      {"udf #1", 0x00000001, false},
      {"unallocated", 0x02000000, false},
      {"unallocated, 0011", 0x06000000, false},
      {"SME: zero {za}", 0xc00800ff, false},
      {"SVE: ptrue p0.b", 0x2518e3e0, false},
      {"SVE: cntd x0", 0x04e0e3e0, false},
      {"fmov d0, x0", 0x9e670000, false},
      {"movi v0.2d, #0", 0x6f00e400, false},
      {"ldr q0, [x0]", 0x3dc00000, false},
      {"ones", 0xffffffff, false},
  };
  for (const auto& row : table) {
    const std::string message = refusal(word(row.first));
    EXPECT_EQ(message == "", row.taken) << row.name << ": " << message;
    EXPECT_EQ(message.find("no A64 instruction") != std::string::npos, !row.taken) << row.name;
    EXPECT_EQ(message.find("format=raw") != std::string::npos, !row.taken) << row.name;
    EXPECT_EQ(refusal(word(row.first), kRaw), "") << row.name;
  }
}

TEST_F(RawTest, Text) {
  const struct {
    const char* name;
    std::string content;
    const char* message;
  } table[] = {
      {"a word", "nonsense\n", "text, not a program"},
      {"two letters", "hi", "text, not a program"},
      {"a book", std::string(100000, 'x'), "text, not a program"},
      {"UTF-8", "na\xc3\xafve \xe2\x82\xac\n", "text, not a program"},
      {"UTF-8, looked at up to within a character", std::string(4095, 'x') + "\xe2\x82\xac",
       "text, not a program"},
      {"a kernel's .config", "# Linux\nCONFIG_ARM64=y\n", "text, not a program"},
      {"a system's file", "# mine\n\n[[partition]]\nname = \"a\"\n", "given with --system"},
      {"a system's file, named", "name = \"demo\"\r\n[[partition]]\r\n", "given with --system"},
      {"TOML of one line", "x = [1, 2]", "given with --system"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(text(row.content));
    EXPECT_NE(message.find(row.message), std::string::npos) << row.name << ": " << message;
    EXPECT_EQ(refusal(gzip(text(row.content))), message) << row.name << ", packed";
  }
  EXPECT_EQ(refusal(text("nonsense"), kRaw), "");
}

TEST_F(RawTest, WhereItGoes) {
  const Blob file = word(0xd503201f);
  LoadedImage loaded = load(file, {.raw = false, .address = kBase + 0x80000});
  EXPECT_EQ(loaded.entry, kBase + 0x80000);
  EXPECT_TRUE(loaded.guessed);
  EXPECT_EQ(ram_at(kBase + 0x80000, file.size()), file);
  EXPECT_EQ(ram_at(kBase, 64), Blob(64, 0xee));
  loaded = load(file);
  EXPECT_EQ(loaded.entry, kBase);
  EXPECT_TRUE(loaded.guessed);
  loaded = load(gzip(file), {.raw = false, .address = kBase + 0x1000});
  EXPECT_EQ(loaded.format, "raw, gzip");
  EXPECT_EQ(loaded.entry, kBase + 0x1000);
  loaded = load(file, {.raw = true, .address = kBase + kRamSize - 64});
  EXPECT_FALSE(loaded.guessed);
  EXPECT_EQ(loaded.entry, kBase + kRamSize - 64);
  EXPECT_NE(refusal(file, {.raw = true, .address = kBase + kRamSize - 60}).find("--memory"),
            std::string::npos);
}

TEST_F(RawTest, FormatsThatSayWhereTheyGo) {
  const Blob kernel = arm64_image({.text_offset = 0, .image_size = 0x2000, .file_size = 0x1000});
  const Blob elf = elf_file({{.vaddr = kBase, .paddr = kBase, .data = Blob(16, 1)}}, kBase);
  const LoadOptions there{.raw = false, .address = kBase + 0x80000};
  const struct {
    const char* name;
    Blob file;
    const char* message;
  } table[] = {
      {"Image", kernel, "an arm64 Image, which says itself where it goes; leave load= away"},
      {"Image, packed", gzip(kernel), "an arm64 Image"},
      {"ELF", elf, "an ELF file, which says itself where it goes"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(row.file, there);
    EXPECT_NE(message.find(row.message), std::string::npos) << row.name << ": " << message;
    // As it is: not unpacked, its header not looked at.
    const LoadedImage loaded = load(row.file, {.raw = true, .address = kBase + 0x80000});
    EXPECT_EQ(loaded.format, "raw") << row.name;
    EXPECT_FALSE(loaded.linux_protocol) << row.name;
    EXPECT_EQ(ram_at(kBase + 0x80000, row.file.size()), row.file) << row.name;
  }
  for (const size_t size : {1, 3}) {
    EXPECT_NE(refusal(Blob(size, 0x14), kRaw).find("no instruction"), std::string::npos);
  }
  EXPECT_NE(refusal({}, kRaw).find("empty"), std::string::npos);
}

TEST_F(RawTest, PageSizeOfAKernel) {
  const struct {
    uint64_t flags, page_size;
  } table[] = {{0x8, 0}, {0xa, 4 << 10}, {0xc, 16 << 10}, {0xe, 64 << 10}};
  for (const auto& row : table) {
    Blob kernel = arm64_image({.text_offset = 0, .image_size = 0x2000, .file_size = 0x1000});
    put_le(kernel, 24, row.flags, 8);
    EXPECT_EQ(load(kernel).page_size, row.page_size);
    constexpr uint64_t kHigh = 0xffff800008000000;
    const Blob vmlinux = elf_file({{.vaddr = kHigh, .paddr = kHigh, .data = kernel}}, kHigh);
    EXPECT_EQ(load(vmlinux).page_size, row.page_size) << "vmlinux";
    put_le(kernel, 16, 0, 8);
    EXPECT_EQ(load(kernel).page_size, 0u) << "of a kernel from before the flags";
  }
}

TEST_F(RawTest, Firmware) {
  const auto refused = [](const Blob& file) -> std::string {
    try {
      check_firmware(std::as_bytes(std::span(file)));
    } catch (const ImageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refused(word(0x1400000a)), "");
  EXPECT_EQ(refused(arm64_image({.text_offset = 0, .image_size = 0x2000, .file_size = 0x1000})), "")
      << "U-Boot may have that header";
  // As Linux is with its EFI stub, which is an EFI program too.
  Blob kernel = arm64_image({.text_offset = 0, .image_size = 0x2000, .file_size = 0x1000});
  put(kernel, 0, "MZ\x40\xfa");
  put_le(kernel, 60, 0x40, 4);
  put(kernel, 0x40, std::string_view("PE\0\0\x64\xaa", 6));
  Blob old_kernel = kernel;
  put(old_kernel, 0, std::string_view("MZ\0\x91", 4));
  const struct {
    const char* name;
    Blob file;
    const char* message;
  } table[] = {
      {"empty", {}, "empty"},
      {"ELF", elf_file({{.vaddr = 0, .paddr = 0, .data = Blob(16, 1)}}, 0), "an ELF file"},
      {"packed", gzip(word(0x1400000a)), "packed with gzip"},
      {"text", text("nonsense\n"), "text"},
      {"zeroes", Blob(64), "no A64 instruction"},
      {"uImage", text("\x27\x05\x19\x56 and so on"), "U-Boot"},
      {"Linux", kernel, "an arm64 Image, a kernel and not firmware; give it with --kernel"},
      {"an older Linux", old_kernel, "an arm64 Image, a kernel and not firmware"},
  };
  for (const auto& row : table) {
    EXPECT_NE(refused(row.file).find(row.message), std::string::npos) << row.name;
  }
}

TEST_F(RawTest, BetterUse) {
  const Blob kernel = arm64_image({.text_offset = 0, .image_size = 0x2000, .file_size = 0x1000});
  const struct {
    const char* name;
    Blob file;
    const char* is;
  } table[] = {
      {"Image", kernel, "an arm64 Image; did you mean --kernel F?"},
      {"ELF", elf_file({{.vaddr = 0, .paddr = 0, .data = Blob(16, 1)}}, 0),
       "an ELF file; did you mean --kernel F?"},
      {"gzip", gzip(kernel),
       "packed with gzip; did you mean --kernel F? An initrd is given with --initrd"},
      {"zboot", zboot("gzip", gzip(kernel)), "an EFI zboot image; did you mean --kernel F?"},
      {"cpio", text("070701 and so on"), "a cpio archive, not a kernel; give it with --initrd"},
      {"TOML", text("[[partition]]\nname = 1\n"),
       "text that looks like TOML; did you mean --system F?"},
      {"text", text("nonsense\n"), "text"},
      {"code", word(0xd503201f), ""},
      {"empty", {}, ""},
  };
  for (const auto& row : table) {
    EXPECT_EQ(better_use(std::as_bytes(std::span(row.file)), "F"), row.is) << row.name;
  }
}

}  // namespace
}  // namespace hvk
