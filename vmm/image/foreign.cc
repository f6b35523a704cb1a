// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/foreign.h"

#include <algorithm>
#include <bit>

#include "image/text.h"

namespace hvk::image {

namespace {

using std::string_view_literals::operator""sv;

// Remedies that several rows share.
constexpr const char* kInitrd = "give it with --initrd";
constexpr const char* kArm64Kernel =
    "a kernel for arm64 is needed: 'make ARCH=arm64 Image', or an arm64 distribution's vmlinuz";
constexpr const char* kArm64Program =
    "build the program for arm64, as ELF64: aarch64-linux-gnu-gcc, or clang "
    "--target=aarch64-none-elf";
constexpr const char* kDisk =
    "give it with --disk, and its kernel and initrd, which 'virt-copy-out -a FILE /boot DIR' takes "
    "out of it, with --kernel and --initrd";
constexpr const char* kFileSystem =
    "give it with --disk, and its kernel and initrd, which 'mount -o loop,ro FILE DIR' shows, with "
    "--kernel and --initrd";
constexpr const char* kUnpackBoot =
    "'unpack_bootimg --boot_img FILE --out DIR' takes it apart; then give --kernel DIR/kernel "
    "--initrd DIR/ramdisk";

// The .lzma format has no magic number, only properties, a dictionary size and the unpacked size. A
// file counts as .lzma if these have values that the usual tools write; xz checks them likewise.
bool is_lzma(Bytes file) {
  constexpr uint8_t kProperties = 0x5d;  // lc=3 lp=0 pb=2, which all tools use
  constexpr uint64_t kHeader = 13, kMostInside = uint64_t{1} << 38;
  if (file.size() < kHeader || le<uint8_t>(file, 0) != kProperties) return false;
  const auto dictionary = le<uint32_t>(file, 1);
  const auto inside = le<uint64_t>(file, 5);
  if (dictionary < 4096) return false;
  const bool two_n = std::has_single_bit(dictionary);
  const bool three_n = dictionary % 3 == 0 && std::has_single_bit(dictionary / 3);
  return (two_n || three_n) && (inside == UINT64_MAX || inside < kMostInside);
}

// Behind "BZh" and the block size comes the first block's mark, or the end mark if there is none.
bool is_bzip2(Bytes file) {
  return has_magic(file, 4, "1AY&SY"sv) || has_magic(file, 4, "\x17\x72\x45\x38\x50\x90"sv);
}

constexpr uint64_t kPeOffset = 0x3c;

// The machine of an EFI program (Microsoft PE format); 0 if the file is no such program.
uint16_t pe_machine(Bytes file) {
  constexpr uint64_t kMachine = 4;
  if (!fits(kPeOffset, sizeof(uint32_t), file.size())) return 0;
  const uint64_t pe = le<uint32_t>(file, kPeOffset);
  if (!has_magic(file, pe, "PE\0\0"sv) || !fits(pe + kMachine, 2, file.size())) return 0;
  return le<uint16_t>(file, pe + kMachine);
}

bool is_arm64_pe(Bytes file) { return pe_machine(file) == 0xaa64; }
bool is_other_pe(Bytes file) { return pe_machine(file) != 0; }

// Whether a partition table is before the boot sector's mark. The mark alone does not tell, as code
// may have these bytes too: the four entries must each be active or inactive, and one must be used.
bool is_mbr(Bytes file) {
  constexpr uint64_t kTable = 446, kEntry = 16, kEntries = 4, kType = 4;
  bool used = false;
  for (uint64_t at = kTable; at < kTable + kEntries * kEntry; at += kEntry) {
    if ((le<uint8_t>(file, at) & 0x7f) != 0) return false;
    used = used || le<uint8_t>(file, at + kType) != 0;
  }
  return used;
}

// The first word is then no instruction (it is UDF), so that a magic number further on is not a
// part of a program.
bool begins_with_zero(Bytes file) { return le<uint32_t>(file, 0) == 0; }

// A boot sector for x86 begins with a jump, "eb xx 90", or has no code.
bool is_boot_sector(Bytes file) {
  return begins_with_zero(file) || (le<uint8_t>(file, 0) == 0xeb && le<uint8_t>(file, 2) == 0x90);
}

struct Row {
  uint64_t offset;
  std::string_view magic;
  Foreign is;
  bool (*also)(Bytes) = nullptr;  // a further condition, called if the magic number matches
};

// The first row that matches counts, so a more specific row comes before a less specific one. The
// image of a disk that can boot matches several rows.
constexpr Row kRows[] = {
    // Android
    {0, "ANDROID!"sv, {"an Android boot image", kUnpackBoot}},
    {0,
     "VNDRBOOT"sv,
     {"an Android vendor_boot image, which has no kernel",
      "the kernel is in boot.img: 'unpack_bootimg --boot_img boot.img --out DIR', and here "
      "'unpack_bootimg --vendor_boot FILE --out DIR'"}},
    {0, "AVB0"sv, {"Android's vbmeta, which has no kernel", "the kernel is in boot.img"}},
    {0,
     "\x3a\xff\x26\xed"sv,
     {"an Android sparse image of a disk", "'simg2img FILE disk.img' makes a disk image of it"}},
    // Archives
    {0, "070701"sv, {"a cpio archive, not a kernel", kInitrd}},
    {0, "070702"sv, {"a cpio archive, not a kernel", kInitrd}},
    {0,
     "070707"sv,
     {"a cpio archive of the old format, which Linux takes for no initrd",
      "write it anew with 'cpio -o -H newc' and give it with --initrd"}},
    {257,
     "ustar"sv,
     {"a tar archive", "take the kernel out of it with 'tar -xf FILE', or make an initrd of it"}},
    {0, "PK\3\4"sv, {"a zip archive", "take the kernel out of it with 'unzip FILE'"}},
    {0, "7z\xbc\xaf\x27\x1c"sv, {"a 7-Zip archive", "take the kernel out of it with '7z x FILE'"}},
    {0,
     "!<arch>\n"sv,
     {"an ar archive: a Debian package, or a library",
      "'dpkg-deb -x FILE DIR' unpacks a package; link a library first"}},
    {0,
     "\xed\xab\xee\xdb"sv,
     {"an RPM package", "'rpm2cpio FILE | cpio -id' unpacks it; the kernel is in boot/ or lib/"}},
    // Packings that are not unpacked here
    {0, "\xfd\x37zXZ\0"sv, {"packed with xz", "unpack it first: xz -dc FILE >Image"}},
    {0, "BZh"sv, {"packed with bzip2", "unpack it first: bzip2 -dc FILE >Image"}, is_bzip2},
    {0, "\x02\x21\x4c\x18"sv, {"packed with lz4", "unpack it first: lz4 -dc FILE >Image"}},
    {0, "\x04\x22\x4d\x18"sv, {"packed with lz4", "unpack it first: lz4 -dc FILE >Image"}},
    {0, "\x89LZO\0\r\n\x1a\n"sv, {"packed with lzop", "unpack it first: lzop -dc <FILE >Image"}},
    {0, "LZIP\1"sv, {"packed with lzip", "unpack it first: lzip -dc FILE >Image"}},
    {0, ""sv, {"packed with lzma", "unpack it first: xz -dc <FILE >Image"}, is_lzma},
    // U-Boot's
    {0,
     "\xd0\x0d\xfe\xed"sv,
     {"a device tree or a FIT image, not a kernel",
      "give a device tree with --dtb, the FIT image of a system by itself ('hvk-run FILE'); "
      "another one's kernel comes out with 'dumpimage -T flat_dt -p 0 -o Image FILE'"}},
    {0,
     "\x27\x05\x19\x56"sv,
     {"a legacy U-Boot image (uImage)",
      "'dumpimage -T kernel -p 0 -o Image FILE' takes the kernel out"}},
    // Kernels for other machines
    {0x202, "HdrS"sv, {"a Linux kernel for x86 (bzImage)", kArm64Kernel}},
    {0x24, "\x18\x28\x6f\x01"sv, {"a Linux kernel for 32-bit Arm (zImage)", kArm64Kernel}},
    {0x38, "RSC\x05"sv, {"a Linux kernel for RISC-V", kArm64Kernel}},
    // Other programs
    {0,
     "MZ"sv,
     {"an EFI program for arm64, without a kernel's header",
      "hvk-run has no UEFI; a unified kernel image's kernel comes out with 'objcopy -O binary -j "
      ".linux FILE Image'"},
     is_arm64_pe},
    {0, "MZ"sv, {"an EFI program for another machine", kArm64Kernel}, is_other_pe},
    {0, "\xcf\xfa\xed\xfe"sv, {"a Mach-O program (macOS)", kArm64Program}},
    {0, "\xce\xfa\xed\xfe"sv, {"a Mach-O program (macOS)", kArm64Program}},
    {0, "\xca\xfe\xba\xbe"sv, {"a Mach-O program (macOS), or Java's bytecode", kArm64Program}},
    {0, "\0asm"sv, {"WebAssembly", kArm64Program}},
    {0, "BC\xc0\xde"sv, {"LLVM's bitcode", kArm64Program}},
    {0, "UF2\n"sv, {"a UF2 file, for a board's flash", "give the ELF file that it was made from"}},
    // Disks and file systems
    {0x8001, "CD001"sv, {"an ISO 9660 image (CD, DVD)", kFileSystem}},
    {512, "EFI PART"sv, {"a disk image with a GPT", kDisk}},
    {82, "FAT32   "sv, {"a FAT file system", kFileSystem}, is_boot_sector},
    {54, "FAT1"sv, {"a FAT file system", kFileSystem}, is_boot_sector},
    {510, "\x55\xaa"sv, {"a disk image with an MBR", kDisk}, is_mbr},
    {0x438, "\x53\xef"sv, {"a file system: ext2, ext3 or ext4", kFileSystem}, begins_with_zero},
    {0x400, "\xe2\xe1\xf5\xe0"sv, {"an EROFS file system", kFileSystem}},
    {0x400, "\x10\x20\xf5\xf2"sv, {"an F2FS file system", kFileSystem}},
    {0x10040, "_BHRfS_M"sv, {"a Btrfs file system", kFileSystem}},
    {0, "XFSB"sv, {"an XFS file system", kFileSystem}},
    {0, "\x45\x3d\xcd\x28"sv, {"a cramfs file system", kFileSystem}},
    {0,
     "hsqs"sv,
     {"a squashfs file system",
      "give it with --disk, and its kernel, which 'unsquashfs FILE boot' takes out of it, with "
      "--kernel"}},
    {0, "LUKS\xba\xbe"sv, {"an encrypted disk (LUKS)", kDisk}},
    {0, "QFI\xfb"sv, {"a disk image (qcow2)", kDisk}},
    {0, "KDMV"sv, {"a disk image (VMDK)", kDisk}},
    {0x40, "\x7f\x10\xda\xbe"sv, {"a disk image (VDI)", kDisk}},
    {0, "vhdxfile"sv, {"a disk image (VHDX)", kDisk}},
    {0, "conectix"sv, {"a disk image (VHD)", kDisk}},
    // Text of a known kind
    {0,
     "#!"sv,
     {"a script", "it runs inside a guest: put it into an initrd and name it with rdinit="},
     begins_with_text_line},
    {0, "<!DOCTYPE"sv, {"a web page", "the download gave a page in place of the file"}},
    {0, "<html"sv, {"a web page", "the download gave a page in place of the file"}},
    {0,
     "version https://git-lfs"sv,
     {"a pointer of Git LFS, without the file", "'git lfs pull' fetches the file"}},
    {0,
     "/dts-v1/"sv,
     {"the source of a device tree or FIT image",
      "'dtc -O dtb -o x.dtb FILE' makes what --dtb takes, 'mkimage -f FILE x.itb' a FIT image"}},
    {0,
     ":02"sv,
     {"an Intel HEX file", "'objcopy -I ihex -O binary FILE x.bin' makes a raw binary"},
     begins_with_text_line},
    {0,
     ":10"sv,
     {"an Intel HEX file", "'objcopy -I ihex -O binary FILE x.bin' makes a raw binary"},
     begins_with_text_line},
    {0,
     "S0"sv,
     {"an S-record file", "'objcopy -I srec -O binary FILE x.bin' makes a raw binary"},
     begins_with_text_line},
};

bool matches(const Row& row, Bytes file) {
  return has_magic(file, row.offset, row.magic) && (!row.also || row.also(file));
}

}  // namespace

const Foreign* find_foreign(Bytes file) {
  // From here on every `also` may read the file's first word without a look at the size.
  if (file.size() < 4) return nullptr;
  const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                [&](const Row& one) { return matches(one, file); });
  return row == std::end(kRows) ? nullptr : &row->is;
}

std::string describe(const Foreign& foreign) {
  return std::string(foreign.what) + "; " + foreign.remedy;
}

}  // namespace hvk::image
