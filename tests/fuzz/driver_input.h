// SPDX-License-Identifier: GPL-2.0-only
// What the fuzz targets of virtio devices have in common: an input that is read piece by piece, and
// a driver that does what it says to a transport and to the guest's memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "board/irq.h"
#include "board/memory.h"
#include "virtio/mmio.h"

namespace hvk::test {

// The guest's memory, in bytes: it ends at an unmapped page.
inline constexpr uint64_t kFuzzMemory = 64 << 10;

inline void check(bool good) {
  if (!good) abort();
}

class FuzzLine final : public IrqLine {
 public:
  void set(bool asserted) override { level = asserted; }
  bool level = false;
};

// Gives zeroes behind its end.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  template <typename T>
  T take() {
    T value = {};
    take(std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  void take(std::span<std::byte> to) {
    const size_t n = std::min(to.size(), size_);
    std::memcpy(to.data(), data_, n);
    data_ += n;
    size_ -= n;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

// Three things that a driver may do: write a register, read one, write to its memory.
inline void fuzz_write_register(VirtioMmio& transport, FuzzInput& input) {
  const uint64_t offset = input.take<uint8_t>() * 4u % 0x200;
  transport.write(offset, 4, input.take<uint32_t>());
}

inline void fuzz_read_register(VirtioMmio& transport, FuzzInput& input) {
  const uint64_t offset = input.take<uint8_t>() % 0x200;
  transport.read(offset, 1u << input.take<uint8_t>() % 4);
}

inline void fuzz_write_memory(GuestMemory& memory, FuzzInput& input) {
  const uint64_t at = input.take<uint16_t>() % kFuzzMemory;
  const uint64_t room = std::min<uint64_t>(input.take<uint8_t>(), kFuzzMemory - at);
  input.take(memory.bytes().subspan(at, room));
}

}  // namespace hvk::test
