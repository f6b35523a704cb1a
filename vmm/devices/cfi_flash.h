// SPDX-License-Identifier: GPL-2.0-or-later
// A bank of NOR flash with the Intel command set, as QEMU's `virt` board has two
// (pflash_cfi01): 32 bits wide, two devices of 16 bits side by side, blocks of
// 256 KiB (Intel StrataFlash P30 datasheet; JEDEC JESD68 and JEP137 for the query).
//
// In array mode the guest reads and executes the bank from a KVM memory slot, and only its writes,
// which are commands, trap to this device. In all other modes reads trap too: the call-back `show`
// says when the slot has to be there.
//
// Both devices get the same commands and have the same state. Programming and erasing are done at
// once, so that the status is always ready. Programming changes bits from 1 to 0 only, as in NOR
// flash. A bank that is locked refuses both and says so in its status.
//
// Not modelled: different states of the two devices; locking of single blocks (the commands are
// accepted, and blocks read as unlocked); suspending, protection registers, burst mode (the read
// configuration register).
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "board/device.h"
#include "board/layout.h"
#include "devices/flash_memory.h"

namespace hvk {

class CfiFlash final : public Device {
 public:
  static constexpr uint64_t kBlock = 256 << 10;  // of an erase, in bytes of both devices
  static constexpr size_t kBuffer = 4096;        // of a buffered program, likewise

  // `memory` has 1 to 256 whole blocks. `locked`: the guest can neither program nor erase.
  CfiFlash(FlashMemory memory, bool locked);

  std::span<const std::byte> bytes() const { return memory_.bytes(); }
  // Puts `content` at the bank's start, but not into the file behind `memory`. Set-up only.
  void load(std::span<const std::byte> content) { memory_.load(0, content); }

  // Whether the bank is in array mode, so that the guest has to read `bytes` from a memory slot.
  // When that changes `show` is called, from a vCPU's thread and with the bank's lock held; it must
  // not throw. Both functions may be called only while no vCPU runs.
  bool shown() const { return mode_ == Mode::kArray; }
  void set_show(std::function<void(bool)> show) { show_ = std::move(show); }

  std::string_view name() const override { return "flash"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  // The first bank writes one node for both banks, the second one nothing.
  void describe(Fdt& fdt, uint64_t base) const override;

 private:
  // How the next write is understood: as a command, or as the next cycle of the command that began.
  enum class Cycle { kCommand, kProgram, kErase, kLock, kCount, kData, kConfirm };
  enum class Mode { kArray, kStatus, kIdentity, kQuery };

  // All of these are called with `mutex_` held.
  uint32_t register_at(uint64_t offset) const;
  void command(uint8_t code);
  void confirm_buffer(uint8_t code);
  void collect(uint64_t offset, unsigned size, uint64_t value);
  void program(uint64_t offset, std::span<const std::byte> bytes);
  void erase(uint64_t offset);
  void fail(uint8_t status);
  void enter(Mode mode);

  FlashMemory memory_;
  const bool locked_;

  std::function<void(bool)> show_;
  std::mutex mutex_;  // guards what follows, and writes to `memory_`
  Mode mode_ = Mode::kArray;
  Cycle cycle_ = Cycle::kCommand;
  uint8_t status_;
  // A buffered program: the data so far, the offset of its buffer in the bank, and how many writes
  // are still to come.
  std::vector<std::byte> buffer_;
  uint64_t buffer_start_ = 0;
  unsigned buffer_left_ = 0;
};

}  // namespace hvk
