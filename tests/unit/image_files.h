// SPDX-License-Identifier: GPL-2.0-only
// Kernel files of each format, made to order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hvk::test {

using Blob = std::vector<uint8_t>;

Blob operator+(const Blob& a, const Blob& b);
void put(Blob& blob, size_t offset, std::string_view text);
void put_le(Blob& blob, size_t offset, uint64_t value, unsigned size);

struct Arm64Options {
  uint64_t text_offset, image_size;
  size_t file_size;
};
// The header, then bytes that tell their place.
Blob arm64_image(const Arm64Options& options);

struct ElfSegment {
  uint64_t vaddr, paddr;
  Blob data;
  uint64_t bss = 0;   // bytes beyond `data`
  uint32_t type = 1;  // PT_LOAD
};
// Offsets of the fields that tests tamper with.
inline constexpr size_t kElfMachine = 18, kElfType = 16, kElfEntry = 24, kElfPhoff = 32;
inline constexpr size_t kElfPhentsize = 54, kElfPhnum = 56, kElfHeader = 64;
inline constexpr size_t kPhOffset = 8, kPhVaddr = 16, kPhPaddr = 24, kPhFilesz = 32, kPhMemsz = 40;
inline constexpr size_t kPhSize = 56;
Blob elf_file(const std::vector<ElfSegment>& segments, uint64_t entry);

Blob gzip(const Blob& data);
Blob zstd(const Blob& data);
// `payload` wrapped as drivers/firmware/efi/libstub does.
Blob zboot(std::string_view method, const Blob& payload);

}  // namespace hvk::test
