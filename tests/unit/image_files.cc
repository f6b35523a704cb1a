// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/image_files.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <stdexcept>

namespace hvk::test {

Blob operator+(const Blob& a, const Blob& b) {
  Blob sum = a;
  sum.insert(sum.end(), b.begin(), b.end());
  return sum;
}

void put(Blob& blob, size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), blob.begin() + static_cast<ptrdiff_t>(offset));
}

void put_le(Blob& blob, size_t offset, uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) blob.at(offset + i) = static_cast<uint8_t>(value >> 8 * i);
}

Blob arm64_image(const Arm64Options& options) {
  Blob file(options.file_size);
  for (size_t i = 0; i < file.size(); ++i) file[i] = static_cast<uint8_t>(i * 7 + i / 256);
  put_le(file, 0, 0x14000010, 4);  // b to behind the header
  put_le(file, 8, options.text_offset, 8);
  put_le(file, 16, options.image_size, 8);
  put_le(file, 24, 0xa, 8);  // flags: little-endian, 4 KiB pages, anywhere
  put(file, 56, "ARM\x64");
  return file;
}

Blob elf_file(const std::vector<ElfSegment>& segments, uint64_t entry) {
  Blob file(kElfHeader + kPhSize * segments.size());
  put(file, 0,
      "\x7f"
      "ELF\x02\x01\x01");
  put_le(file, kElfType, 2, 2);       // ET_EXEC
  put_le(file, kElfMachine, 183, 2);  // EM_AARCH64
  put_le(file, 20, 1, 4);
  put_le(file, kElfEntry, entry, 8);
  put_le(file, kElfPhoff, kElfHeader, 8);
  put_le(file, 52, kElfHeader, 2);
  put_le(file, kElfPhentsize, kPhSize, 2);
  put_le(file, kElfPhnum, segments.size(), 2);
  for (size_t i = 0; i < segments.size(); ++i) {
    const ElfSegment& segment = segments[i];
    const size_t header = kElfHeader + i * kPhSize;
    put_le(file, header, segment.type, 4);
    put_le(file, header + kPhOffset, file.size(), 8);
    put_le(file, header + kPhVaddr, segment.vaddr, 8);
    put_le(file, header + kPhPaddr, segment.paddr, 8);
    put_le(file, header + kPhFilesz, segment.data.size(), 8);
    put_le(file, header + kPhMemsz, segment.data.size() + segment.bss, 8);
    file = file + segment.data;
  }
  return file;
}

Blob gzip(const Blob& data) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  Blob out(deflateBound(&stream, data.size()));
  stream.next_in = const_cast<uint8_t*>(data.data());
  stream.avail_in = static_cast<unsigned>(data.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<unsigned>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

Blob zstd(const Blob& data) {
  Blob out(ZSTD_compressBound(data.size()));
  const size_t size = ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 3);
  if (ZSTD_isError(size)) throw std::runtime_error("ZSTD_compress");
  out.resize(size);
  return out;
}

Blob zboot(std::string_view method, const Blob& payload) {
  constexpr size_t kHeader = 0x40;
  Blob file(kHeader);
  put(file, 0, "MZ");
  put(file, 4, "zimg");
  put_le(file, 8, kHeader, 4);
  put_le(file, 12, payload.size(), 4);
  put(file, 24, method);
  put_le(file, 56, 0x818223cd, 4);  // LINUX_PE_MAGIC
  // Methods without a size of their own have it behind the payload.
  Blob size(4);
  put_le(size, 0, payload.size(), 4);
  return file + payload + size;
}

}  // namespace hvk::test
