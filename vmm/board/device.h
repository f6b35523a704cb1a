// SPDX-License-Identifier: GPL-2.0-or-later
// What a memory-mapped device is to the rest of the VMM.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace hvk {

class Fdt;
class OnceLog;

// A device that a guest reaches by loads and stores that trap.
//
// Threads: the bus calls `read` and `write` from whichever vCPU thread
// trapped, several at once; a device holds its own lock. None of these calls
// throws: a guest must not be able to end the VMM.
class Device {
 public:
  virtual ~Device() = default;

  // Short, lower case, for messages and the load map: "pl011".
  virtual std::string_view name() const = 0;

  // `offset` is in bytes from the device's base, `size` is 1, 2, 4 or 8 and
  // offset + size lies inside the device. The value is zero-extended; sign
  // extension to the register is the hypervisor's business. An offset that
  // the device does not know reads as zero.
  virtual uint64_t read(uint64_t offset, unsigned size) = 0;

  // As `read`; bits of `value` above `size` bytes are zero. A write to an
  // offset that the device does not know is ignored.
  virtual void write(uint64_t offset, unsigned size, uint64_t value) = 0;

  // Where hints to the person go; null means the common log. The bus calls it, before the guest
  // runs.
  void set_log(OnceLog* log) { log_ = log; }

  // Writes the device's node into the tree, at its `base` IPA. Set-up only.
  virtual void describe(Fdt& fdt, uint64_t base) const = 0;

 protected:
  // To be called for each access that the device has no answer to: the first
  // one is told to the person at the terminal, as a hint to a guest's bug.
  void tell_ignored(uint64_t offset, bool is_write);

 private:
  std::atomic<bool> told_{false};
  OnceLog* log_ = nullptr;
};

// Where a device's output bytes go (terminal, file, a test's string).
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void put(uint8_t byte) = 0;
};

}  // namespace hvk
