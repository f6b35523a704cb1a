// SPDX-License-Identifier: GPL-2.0-or-later
// The numbers and structures of virtio's block device (virtio 1.2, section 5.2).
#pragma once

#include <cstdint>

namespace hvk::blk {

// Feature bits (5.2.3).
inline constexpr uint64_t kSegMax = uint64_t{1} << 2;
inline constexpr uint64_t kReadOnly = uint64_t{1} << 5;
inline constexpr uint64_t kBlockSize = uint64_t{1} << 6;
inline constexpr uint64_t kFlush = uint64_t{1} << 9;
inline constexpr uint64_t kTopology = uint64_t{1} << 10;
inline constexpr uint64_t kConfigWce = uint64_t{1} << 11;
inline constexpr uint64_t kDiscard = uint64_t{1} << 13;
inline constexpr uint64_t kWriteZeroes = uint64_t{1} << 14;

// Types of requests (5.2.6).
enum class Type : uint32_t {
  kIn = 0,
  kOut = 1,
  kFlush = 4,
  kGetId = 8,
  kDiscard = 11,
  kWriteZeroes = 13,
};

// How a request ended (5.2.6), in its last byte.
enum class Status : uint8_t { kOk = 0, kIoError = 1, kUnsupported = 2 };

// What a request begins with.
struct Header {
  uint32_t type;
  uint32_t reserved;
  uint64_t sector;
};
static_assert(sizeof(Header) == 16);

// What requests of the types kDiscard and kWriteZeroes list.
struct Range {
  uint64_t sector;
  uint32_t sectors;
  uint32_t flags;
};
static_assert(sizeof(Range) == 16);
inline constexpr uint32_t kUnmap = 1;  // of `flags`, for kWriteZeroes

// The size of the answer to kGetId, which a shorter name is padded to.
inline constexpr unsigned kIdSize = 20;

// The device's configuration (5.2.4).
struct Configuration {
  uint64_t capacity;  // in sectors
  uint32_t size_max, seg_max;
  uint16_t cylinders;
  uint8_t heads, sectors;
  uint32_t blk_size;
  uint8_t physical_block_exp, alignment_offset;
  uint16_t min_io_size;  // this and the next in blocks
  uint32_t opt_io_size;
  uint8_t writeback, unused0;
  uint16_t num_queues;
  uint32_t max_discard_sectors, max_discard_seg, discard_sector_alignment;
  uint32_t max_write_zeroes_sectors, max_write_zeroes_seg;
  uint8_t write_zeroes_may_unmap, unused1[3];
};
static_assert(sizeof(Configuration) == 64);

}  // namespace hvk::blk
