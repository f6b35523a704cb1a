// SPDX-License-Identifier: GPL-2.0-or-later
// One request of a driver: the buffers of a descriptor chain (virtio 1.2, section 2.7).
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hvk {

// A list of buffers in guest memory. The guest may change their content at any time, so that a
// device copies what it decides by, once, and decides by the copy.
class Buffers {
 public:
  // The sum of the sizes, in bytes: less than 2^32, as a chain is checked for that.
  uint32_t size() const { return size_; }
  const std::vector<iovec>& vectors() const { return vectors_; }

  void add(std::span<std::byte> buffer);
  void clear();

  // Copies from and to the buffers, beginning `offset` bytes into them. Return the number of bytes
  // copied, which is less than asked for at the end of the buffers.
  size_t read(size_t offset, std::span<std::byte> to) const;
  size_t write(size_t offset, std::span<const std::byte> from) const;

  // The part that begins `offset` bytes into the buffers and has `size` bytes, or fewer where they
  // end before.
  Buffers part(size_t offset, size_t size) const;

 private:
  std::vector<iovec> vectors_;
  uint32_t size_ = 0;
};

struct Chain {
  uint16_t head = 0;  // the index of its first descriptor, by which the driver knows it
  Buffers readable;   // what the driver says to the device
  Buffers writable;   // where the device answers
};

}  // namespace hvk
