// SPDX-License-Identifier: GPL-2.0-only
// Files that are no kernel: each is refused by its name and with a remedy, and none is run
// as a raw binary.
#include "tests/unit/image_fixture.h"

namespace hvk {
namespace {

using namespace test;
using std::string_view_literals::operator""sv;

class ForeignTest : public LoaderTest {
 protected:
  // A file that begins as a program, but for what stands at `offset`.
  static Blob with(size_t offset, std::string_view magic, size_t size = 0x1200) {
    Blob file(std::max(size, offset + magic.size()));
    for (size_t at = 0; at + 4 <= file.size(); at += 4) put_le(file, at, 0xd503201f, 4);  // nop
    put(file, offset, magic);
    return file;
  }
  static Blob zeroes_with(size_t offset, std::string_view magic) {
    Blob file(std::max<size_t>(0x1200, offset + magic.size()));
    put(file, offset, magic);
    return file;
  }
  static Blob pe(uint16_t machine) {
    Blob file = with(0x80, "PE\0\0"sv);
    put(file, 0, "MZ");
    put_le(file, 0x3c, 0x80, 4);
    put_le(file, 0x84, machine, 2);
    return file;
  }
  static Blob lzma(uint8_t properties, uint32_t dictionary, uint64_t size) {
    Blob file(0x200, 0x37);
    file[0] = properties;
    put_le(file, 1, dictionary, 4);
    put_le(file, 5, size, 8);
    return file;
  }
  static Blob elf_for(uint16_t machine) {
    Blob file = elf_file({{.vaddr = kBase, .paddr = kBase, .data = Blob(16, 1)}}, kBase);
    put_le(file, kElfMachine, machine, 2);
    return file;
  }
};

TEST_F(ForeignTest, RefusedWithARemedy) {
  Blob mbr = with(510, "\x55\xaa"sv);
  for (size_t i = 0; i < 4; ++i) put_le(mbr, 446 + 16 * i, 0, 1);
  mbr[450] = 0x0c;
  Blob user = elf_file({{.vaddr = kBase, .paddr = kBase, .data = Blob(16, 1)},
                        {.vaddr = 0, .paddr = 0, .data = Blob(16, 'l'), .type = 3}},
                       kBase);
  const struct {
    const char* name;
    Blob file;
    const char* what;
    const char* remedy;
  } table[] = {
      // Android
      {"boot image", with(0, "ANDROID!"), "Android boot image", "unpack_bootimg"},
      {"vendor_boot", with(0, "VNDRBOOT"), "vendor_boot", "unpack_bootimg"},
      {"sparse", with(0, "\x3a\xff\x26\xed"sv), "sparse", "simg2img"},
      // archives and packings
      {"cpio", with(0, "070701"), "cpio", "--initrd"},
      {"cpio crc", with(0, "070702"), "cpio", "--initrd"},
      {"cpio odc", with(0, "070707"), "cpio", "--initrd"},
      {"xz", with(0, "\xfd\x37zXZ\0"sv), "xz", "xz -dc"},
      {"bzip2", with(0, "BZh91AY&SY"), "bzip2", "bzip2 -dc"},
      {"lzma -9", lzma(0x5d, 1 << 26, UINT64_MAX), "lzma", "xz -dc"},
      {"lzma -6", lzma(0x5d, 1 << 23, 40000000), "lzma", "xz -dc"},
      {"lzma -0", lzma(0x5d, 3 << 17, 40000000), "lzma", "xz -dc"},
      {"lz4 legacy", with(0, "\x02\x21\x4c\x18"), "lz4", "lz4 -dc"},
      {"lz4 frame", with(0, "\x04\x22\x4d\x18"), "lz4", "lz4 -dc"},
      {"lzop", with(0, "\x89LZO\0\r\n\x1a\n"sv), "lzop", "lzop -dc"},
      {"lzip", with(0, "LZIP\1"), "lzip", "lzip -dc"},
      {"tar", with(257, "ustar"), "tar", "tar -xf"},
      {"zip", with(0, "PK\3\4"), "zip", "unzip"},
      {"7z", with(0, "7z\xbc\xaf\x27\x1c"), "7-Zip", "7z x"},
      {"deb", with(0, "!<arch>\n"), "ar archive", "dpkg-deb -x"},
      {"rpm", with(0, "\xed\xab\xee\xdb"), "RPM", "rpm2cpio"},
      // U-Boot's
      {"device tree", with(0, "\xd0\x0d\xfe\xed"), "device tree", "--dtb"},
      {"FIT", with(0, "\xd0\x0d\xfe\xed"), "FIT", "dumpimage"},
      {"uImage", with(0, "\x27\x05\x19\x56"), "U-Boot", "dumpimage"},
      // disks and file systems
      {"squashfs", with(0, "hsqs"), "squashfs", "unsquashfs"},
      {"ISO", with(0x8001, "CD001"), "ISO 9660", "--kernel"},
      {"ISO that boots from a stick", zeroes_with(0x8001, "CD001"), "ISO 9660", "--kernel"},
      {"GPT", with(512, "EFI PART"), "GPT", "--kernel"},
      {"MBR", mbr, "MBR", "--kernel"},
      {"FAT32", zeroes_with(82, "FAT32   "), "FAT", "--kernel"},
      {"FAT16", zeroes_with(54, "FAT16   "), "FAT", "--kernel"},
      {"ext4", zeroes_with(0x438, "\x53\xef"), "ext4", "--kernel"},
      {"xfs", with(0, "XFSB"), "XFS", "--kernel"},
      {"btrfs", zeroes_with(0x10040, "_BHRfS_M"), "Btrfs", "--kernel"},
      {"erofs", zeroes_with(0x400, "\xe2\xe1\xf5\xe0"), "EROFS", "--kernel"},
      {"cramfs", with(0, "\x45\x3d\xcd\x28"), "cramfs", "--kernel"},
      {"LUKS", with(0, "LUKS\xba\xbe"), "LUKS", "--kernel"},
      {"qcow2", with(0, "QFI\xfb"), "qcow2", "--kernel"},
      {"VMDK", with(0, "KDMV"), "VMDK", "--kernel"},
      {"VDI", with(0x40, "\x7f\x10\xda\xbe"), "VDI", "--kernel"},
      {"VHDX", with(0, "vhdxfile"), "VHDX", "--kernel"},
      // programs for something else
      {"bzImage", with(0x202, "HdrS"), "x86", "arm64"},
      {"zImage", with(0x24, "\x18\x28\x6f\x01"), "32-bit Arm", "arm64"},
      {"RISC-V Image", with(0x38, "RSC\x05"), "RISC-V", "arm64"},
      {"EFI, arm64", pe(0xaa64), "EFI", "objcopy"},
      {"EFI, x86-64", pe(0x8664), "EFI program for another machine", "arm64"},
      {"Mach-O", with(0, "\xcf\xfa\xed\xfe"), "Mach-O", "ELF64"},
      {"Mach-O, fat", with(0, "\xca\xfe\xba\xbe"), "Mach-O", "ELF64"},
      {"WebAssembly", with(0, "\0asm"sv), "WebAssembly", "ELF64"},
      {"UF2", with(0, "UF2\n"), "UF2", "ELF"},
      {"script", with(0, "#!/bin/sh\n"), "script", "guest"},
      {"script, spaced", with(0, "#! /usr/bin/env python3\n"), "script", "guest"},
      {"ELF, x86-64", elf_for(62), "x86-64", "arm64"},
      {"ELF, 32-bit Arm", elf_for(40), "32-bit Arm", "arm64"},
      {"ELF, RISC-V", elf_for(243), "RISC-V", "arm64"},
      {"ELF, unheard of", elf_for(0x4242), "e_machine 16962", "arm64"},
      {"ELF of Linux's user space", user, "user program", "initrd"},
      // not what the person thinks it is
      {"web page", with(0, "<!DOCTYPE html>\n<html>"), "web page", "download"},
      {"Git LFS", with(0, "version https://git-lfs.github.com/spec/v1\n"), "Git LFS",
       "git lfs pull"},
      {"Intel HEX", with(0, ":020000040000FA\n"), "Intel HEX", "objcopy"},
      {"S-record", with(0, "S00600004844521B\n"), "S-record", "objcopy"},
      {"tree's source", with(0, "/dts-v1/;\n"), "source", "dtc"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(row.file);
    EXPECT_NE(message.find(row.what), std::string::npos) << row.name << ": " << message;
    EXPECT_NE(message.find(row.remedy), std::string::npos) << row.name << ": " << message;
    EXPECT_NE(message.find("; "), std::string::npos) << row.name << ": " << message;
    EXPECT_EQ(refusal(gzip(row.file)), message) << row.name << ", packed";
  }
}

// What has a magic number's bytes and is none of these.
TEST_F(ForeignTest, ProgramsAreTaken) {
  Blob bare_mz = pe(0xaa64);
  put_le(bare_mz, 0x3c, 0xfffffffe, 4);
  Blob mbr_of_code = with(510, "\x55\xaa"sv);  // nops where partitions would be
  const struct {
    const char* name;
    Blob file;
  } table[] = {
      {"nops", with(0, "")},
      {"MZ alone may begin instructions", bare_mz},
      {"0xaa55 in code", mbr_of_code},
      {"0xef53 in code", with(0x438, "\x53\xef"sv)},
      {"FAT in code", with(82, "FAT32"sv)},
      {"a word that ends as lzma's", with(0, "\x5d\x00\x00\xd0"sv)},
  };
  for (const auto& row : table) EXPECT_EQ(refusal(row.file), "") << row.name;
}

TEST_F(ForeignTest, ZbootSaysHowToTakeItsKernelOut) {
  const struct {
    const char* method;
    const char* tool;
  } table[] = {
      {"lzma", "xz -dc"},  {"xzkern", "xz -dc"},   {"lz4", "lz4 -dc"},
      {"lzo", "lzop -dc"}, {"bzip2", "bzip2 -dc"},
  };
  for (const auto& row : table) {
    const std::string message = refusal(zboot(row.method, Blob(100, 1)));
    EXPECT_NE(message.find("\"" + std::string(row.method) + "\""), std::string::npos) << message;
    // Its offset is 64 and its size 100.
    EXPECT_NE(message.find("tail -c +65 FILE | head -c 100 | " + std::string(row.tool)),
              std::string::npos)
        << message;
  }
  EXPECT_NE(refusal(zboot("zstd-ng", Blob(100, 1))).find("\"zstd-ng\""), std::string::npos);
}

}  // namespace
}  // namespace hvk
