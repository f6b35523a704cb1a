// SPDX-License-Identifier: GPL-2.0-or-later
// What a memory-mapped device is to the rest of the VMM.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace hvk {

class Fdt;
class OnceLog;

// A device that a guest reaches by loads and stores that trap.
//
// Threads: the bus calls `read` and `write` from the thread of the vCPU that trapped, for several
// vCPUs at once, so that a device with state needs a lock of its own. Neither may throw: a guest
// must not be able to end the VMM.
class Device {
 public:
  virtual ~Device() = default;

  // A short name in lower case, for messages and the load map: "pl011".
  virtual std::string_view name() const = 0;

  // `offset` is in bytes from the device's base; `size` is 1, 2, 4 or 8, and offset + size lies
  // inside the device. Returns the value zero-extended; the hypervisor does any sign extension to
  // the register. An offset that the device does not know reads as zero.
  virtual uint64_t read(uint64_t offset, unsigned size) = 0;

  // `offset` and `size` are as for `read`; bits of `value` above `size` bytes are zero. A write to
  // an offset that the device does not know is ignored.
  virtual void write(uint64_t offset, unsigned size, uint64_t value) = 0;

  // Sets the log that prints this device's hints to the person; null means the common log. The bus
  // calls it, before the guest runs.
  void set_log(OnceLog* log) { log_ = log; }

  // Writes the device's node, for a device at IPA `base`, into the device tree. Set-up only; throws
  // std::runtime_error, as Fdt does.
  virtual void describe(Fdt& fdt, uint64_t base) const = 0;

 protected:
  // A device calls it for each access to an offset that it does not know. Only the first such
  // access is logged, as a hint at a bug in the guest. Any thread.
  void tell_ignored(uint64_t offset, bool is_write);

  // Prints `line` for the person; the log of a guest prints the same line only once. Any thread.
  void tell(const std::string& line) const;

 private:
  std::atomic<bool> told_{false};
  OnceLog* log_ = nullptr;
};

// The destination of a device's output bytes (terminal, file, a test's string).
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Takes one byte, from a vCPU's thread. May block.
  virtual void put(uint8_t byte) = 0;
};

}  // namespace hvk
