// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/chain.h"

#include <algorithm>
#include <cstring>

namespace hvk {
namespace {

// Calls `use` with each piece of [offset, offset + size) of `vectors`, as an address and a length.
// Returns the number of bytes that there were.
template <typename Use>
size_t for_each_piece(const std::vector<iovec>& vectors, size_t offset, size_t size, Use use) {
  size_t done = 0;
  for (const iovec& vector : vectors) {
    if (done == size) break;
    if (offset >= vector.iov_len) {
      offset -= vector.iov_len;
      continue;
    }
    const size_t n = std::min(vector.iov_len - offset, size - done);
    use(static_cast<std::byte*>(vector.iov_base) + offset, n);
    done += n;
    offset = 0;
  }
  return done;
}

}  // namespace

void Buffers::add(std::span<std::byte> buffer) {
  if (buffer.empty()) return;
  vectors_.push_back({buffer.data(), buffer.size()});
  size_ += static_cast<uint32_t>(buffer.size());
}

void Buffers::clear() {
  vectors_.clear();
  size_ = 0;
}

size_t Buffers::read(size_t offset, std::span<std::byte> to) const {
  std::byte* at = to.data();
  return for_each_piece(vectors_, offset, to.size(), [&](const std::byte* from, size_t n) {
    std::memcpy(at, from, n);
    at += n;
  });
}

size_t Buffers::write(size_t offset, std::span<const std::byte> from) const {
  const std::byte* at = from.data();
  return for_each_piece(vectors_, offset, from.size(), [&](std::byte* to, size_t n) {
    std::memcpy(to, at, n);
    at += n;
  });
}

Buffers Buffers::part(size_t offset, size_t size) const {
  Buffers part;
  for_each_piece(vectors_, offset, size, [&](std::byte* at, size_t n) { part.add({at, n}); });
  return part;
}

}  // namespace hvk
