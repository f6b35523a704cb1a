// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/arm64_image.h"

#include <algorithm>

namespace hvk::image {

namespace {

constexpr uint64_t kTextOffset = 8;
constexpr uint64_t kImageSize = 16;
constexpr uint64_t kFlags = 24;     // bit 0: big-endian; bits 2 and 1: page size
constexpr uint64_t kReserved = 32;  // three 64-bit words of zeroes, up to the magic number
constexpr uint64_t kMagic = 56;
constexpr uint64_t kHeaderSize = 64;

// Kernels before 3.17 leave image_size zero, and may have text_offset in their own byte order
// instead of little-endian. Their text_offset is always this value.
constexpr uint64_t kLegacyTextOffset = 0x80000;

// The least size of a complete file, by the EFI stub's header (Microsoft PE format, "COFF File
// Header", "Section Table"), which says what part of the file each section has; 0 for a kernel
// without the stub. image_size does not tell, since it counts BSS, which is not in the file.
uint64_t end_by_pe_header(Bytes file) {
  constexpr uint64_t kPeOffset = 60, kSections = 6, kOptionalSize = 20, kOptional = 24;
  constexpr uint64_t kSectionSize = 40, kRawSize = 16, kRawOffset = 20;
  const uint64_t pe = le<uint32_t>(file, kPeOffset);
  if (!has_magic(file, 0, "MZ") || !has_magic(file, pe, std::string_view("PE\0\0", 4))) return 0;
  const uint64_t table = pe + kOptional + le<uint16_t>(file, pe + kOptionalSize);
  uint64_t end = 0;
  for (uint64_t i = 0; i < le<uint16_t>(file, pe + kSections); ++i) {
    const uint64_t section = table + i * kSectionSize;
    end = std::max<uint64_t>(end, uint64_t{le<uint32_t>(file, section + kRawOffset)} +
                                      le<uint32_t>(file, section + kRawSize));
  }
  return end;
}

}  // namespace

bool is_arm64_image(Bytes file) { return has_magic(file, kMagic, "ARM\x64"); }

bool begins_as_efi_stub(Bytes file) {
  return has_magic(file, 0, "MZ\x40\xfa") || has_magic(file, 0, std::string_view("MZ\0\x91", 4));
}

bool is_cut_off_in_arm64_header(Bytes file) {
  if (file.size() >= kHeaderSize) return false;
  if (begins_as_efi_stub(file)) return true;
  // Otherwise any two instructions may come first, and the header's fields behind them decide. Code
  // has no such words: the upper halves of text_offset and image_size are zero, which is UDF.
  if (file.size() < kReserved) return false;
  constexpr uint64_t kLargest = uint64_t{1} << 32, kKnownFlags = 0xf;
  const auto zeroes = file.subspan(kReserved, std::min<size_t>(file.size(), kMagic) - kReserved);
  return le<uint64_t>(file, kTextOffset) < kLargest && le<uint64_t>(file, kImageSize) < kLargest &&
         le<uint64_t>(file, kFlags) <= kKnownFlags &&
         std::all_of(zeroes.begin(), zeroes.end(), [](std::byte b) { return b == std::byte{0}; });
}

Arm64Header arm64_header(Bytes file) {
  constexpr uint64_t kPageSizes[] = {0, 4 << 10, 16 << 10, 64 << 10};
  Arm64Header header{le<uint64_t>(file, kTextOffset), le<uint64_t>(file, kImageSize),
                     kPageSizes[le<uint64_t>(file, kFlags) >> 1 & 3]};
  if (header.image_size == 0) {
    header.text_offset = kLegacyTextOffset;
    header.page_size = 0;  // kernels without image_size have no flags either
  }
  return header;
}

uint64_t arm64_load_address(const Arm64Header& header, const Target& ram) {
  // The kernel is entered at its load address, since the header's first word is an instruction.
  if (header.text_offset % 4 != 0) {
    throw ImageError("the kernel's text offset " + hex(header.text_offset) +
                     " is no multiple of an instruction's size");
  }
  if (header.text_offset >= ram.size()) {
    throw ImageError("the kernel wants to be " + hex(header.text_offset) +
                     " above the RAM base, but the guest's RAM is " + hex(ram.size()) + " bytes; " +
                     kGiveMore);
  }
  return ram.base() + header.text_offset;
}

LoadedImage load_arm64_image(Bytes file, const Target& ram) {
  const Arm64Header header = arm64_header(file);
  if (header.image_size != 0 && (le<uint64_t>(file, kFlags) & 1) != 0) {
    throw ImageError("a big-endian kernel; only little-endian guests can be run");
  }
  if (const uint64_t end = end_by_pe_header(file); end > file.size()) {
    throw ImageError("the kernel is cut off: the file has " + std::to_string(file.size()) + " of " +
                     std::to_string(end) + " bytes");
  }
  const uint64_t entry = arm64_load_address(header, ram);
  const uint64_t size = std::max<uint64_t>(header.image_size, file.size());
  return {"arm64 Image", entry, true, {ram.place("kernel", entry, file, size)}, header.page_size};
}

}  // namespace hvk::image
