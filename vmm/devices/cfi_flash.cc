// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/cfi_flash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "board/fdt.h"
#include "board/node_name.h"

namespace hvk {
namespace {

constexpr uint64_t kBankWidth = 4;  // bytes: two devices of 16 bits
constexpr uint64_t kDevices = 2;

// Commands (P30 datasheet, table "Command Codes").
constexpr uint8_t kProgramAlternate = 0x10, kProgram = 0x40;
constexpr uint8_t kErase = 0x20;
constexpr uint8_t kClearStatus = 0x50;
constexpr uint8_t kLock = 0x60;
constexpr uint8_t kReadStatus = 0x70;
constexpr uint8_t kReadIdentity = 0x90;
constexpr uint8_t kReadQuery = 0x98;
constexpr uint8_t kConfirm = 0xd0;
constexpr uint8_t kBufferedProgram = 0xe8;
constexpr uint8_t kReadArray = 0xff;

// Status register.
constexpr uint8_t kReady = 1 << 7;
constexpr uint8_t kEraseError = 1 << 5;
constexpr uint8_t kProgramError = 1 << 4;
constexpr uint8_t kLockedError = 1 << 1;
constexpr uint8_t kSequenceError = kEraseError | kProgramError;

// Identity: the manufacturer (Intel) at address 0, the device at 1. All else reads 0, which for a
// block's lock state is "not locked".
constexpr uint32_t kManufacturer = 0x89, kDevice = 0x18;

// The query table of one device (JESD68, and JEP137 for command set 0001), from address 0x10 on.
// Voltages and times are those of the datasheet.
constexpr uint8_t kQueryFirst = 0x10;
using Query = std::array<uint8_t, 0x30>;

Query make_query(uint64_t size) {
  const uint64_t blocks = size / CfiFlash::kBlock, block = CfiFlash::kBlock / kDevices;
  const auto low = [](uint64_t v) { return static_cast<uint8_t>(v); };
  const auto log2 = [](uint64_t v) { return static_cast<uint8_t>(std::bit_width(v) - 1); };
  Query query{};
  size_t at = 0;
  const auto put = [&](std::initializer_list<uint8_t> bytes) {
    for (const uint8_t byte : bytes) query[at++] = byte;
  };
  put({'Q', 'R', 'Y', 0x01, 0x00, 0x31, 0x00, 0, 0, 0, 0});  // set 0001, its table at 0x31
  put({0x45, 0x55, 0, 0});                                   // Vcc 4.5 to 5.5 V, no Vpp
  put({7, 7, 10, 0, 4, 4, 4, 0});                            // typical times, their maxima
  put({log2(size / kDevices), 2, 0});                        // size, both widths
  put({log2(CfiFlash::kBuffer / kDevices), 0});              // of a buffered program
  put({1, low(blocks - 1), low((blocks - 1) >> 8)});         // one region of equal blocks
  put({low(block >> 8), low(block >> 16)});
  put({'P', 'R', 'I', '1', '0'});  // no feature beyond the first command set's
  return query;
}

// Both devices' response, side by side: each gives the same 16 bits, `value`.
uint32_t both(uint32_t value) { return value | value << 16; }

uint64_t low_bytes(uint64_t value, unsigned size) {
  return size >= sizeof(value) ? value : value & ((uint64_t{1} << 8 * size) - 1);
}

}  // namespace

CfiFlash::CfiFlash(FlashMemory memory, bool locked)
    : memory_(std::move(memory)), locked_(locked), status_(kReady) {}

uint64_t CfiFlash::read(uint64_t offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  uint64_t value = 0;
  if (mode_ == Mode::kArray) {
    // In array mode a read comes here only if the memory slot is not there, or if the load could
    // not use it.
    std::memcpy(&value, memory_.bytes().data() + offset, size);
    return value;
  }
  // The word at the address and, for an access that goes beyond it, the next one.
  const uint64_t word = offset & ~(kBankWidth - 1);
  value = register_at(word) | uint64_t{register_at(word + kBankWidth)} << 32;
  return low_bytes(value >> 8 * (offset - word), size);
}

uint32_t CfiFlash::register_at(uint64_t offset) const {
  const uint64_t address = offset / kBankWidth;  // in each device, which counts in 16-bit words
  switch (mode_) {
    case Mode::kIdentity:
      switch (address & 0xff) {
        case 0:
          return both(kManufacturer);
        case 1:
          return both(kDevice);
        default:
          return 0;
      }
    case Mode::kQuery: {
      const Query query = make_query(memory_.bytes().size());
      const uint64_t index = (address & 0xff) - kQueryFirst;
      return index < query.size() ? both(query[index]) : 0;
    }
    default:
      return both(status_);
  }
}

void CfiFlash::write(uint64_t offset, unsigned size, uint64_t value) {
  const std::lock_guard lock(mutex_);
  const auto code = static_cast<uint8_t>(value);
  switch (cycle_) {
    case Cycle::kCommand:
      command(code);
      break;
    case Cycle::kProgram: {
      std::array<std::byte, sizeof(value)> bytes;
      std::memcpy(bytes.data(), &value, sizeof(value));
      cycle_ = Cycle::kCommand;
      program(offset, std::span(bytes).first(size));
      break;
    }
    case Cycle::kErase:
      cycle_ = Cycle::kCommand;
      if (code == kConfirm) {
        erase(offset);
      } else if (code == kReadArray) {
        enter(Mode::kArray);
      } else {
        fail(kSequenceError);
      }
      break;
    case Cycle::kLock:
      // Blocks have no locks: the commands that lock and unlock are accepted without effect.
      cycle_ = Cycle::kCommand;
      if (code == kReadArray) enter(Mode::kArray);
      break;
    case Cycle::kCount: {
      // The count is one less than the number of writes that follow, and the same for both devices.
      const uint64_t writes = (value & 0xffff) + 1;
      if (writes > kBuffer / kBankWidth) {
        cycle_ = Cycle::kCommand;
        fail(kSequenceError);
        break;
      }
      buffer_left_ = static_cast<unsigned>(writes);
      buffer_start_ = memory_.bytes().size();
      buffer_.clear();
      cycle_ = Cycle::kData;
      break;
    }
    case Cycle::kData:
      collect(offset, size, value);
      break;
    case Cycle::kConfirm:
      cycle_ = Cycle::kCommand;
      confirm_buffer(code);
      break;
  }
}

void CfiFlash::command(uint8_t code) {
  switch (code) {
    case kProgram:
    case kProgramAlternate:
      cycle_ = Cycle::kProgram;
      return enter(Mode::kStatus);
    case kErase:
      cycle_ = Cycle::kErase;
      return enter(Mode::kStatus);
    case kLock:
      cycle_ = Cycle::kLock;
      return enter(Mode::kStatus);
    case kBufferedProgram:
      cycle_ = Cycle::kCount;
      return enter(Mode::kStatus);
    case kReadStatus:
      return enter(Mode::kStatus);
    case kReadIdentity:
      return enter(Mode::kIdentity);
    case kReadQuery:
      return enter(Mode::kQuery);
    case kClearStatus:
      status_ = kReady;
      return enter(Mode::kArray);
    default:
      // Read array (0xff), and commands of other kinds of flash, as 0xf0, with which drivers probe.
      return enter(Mode::kArray);
  }
}

// Takes one write of a buffered program. The writes come in any order within one aligned buffer.
// Bytes that none of them covers stay 0xff in the buffer, so that their flash does not change.
void CfiFlash::collect(uint64_t offset, unsigned size, uint64_t value) {
  const uint64_t start = offset & ~uint64_t{kBuffer - 1};
  if (buffer_.empty()) {
    buffer_.assign(kBuffer, kErased);
    buffer_start_ = start;
  }
  if (start != buffer_start_ || offset - start + size > kBuffer) {
    cycle_ = Cycle::kCommand;
    return fail(kSequenceError);
  }
  std::memcpy(buffer_.data() + (offset - start), &value, size);
  if (--buffer_left_ == 0) cycle_ = Cycle::kConfirm;
}

void CfiFlash::confirm_buffer(uint8_t code) {
  if (code == kConfirm) return program(buffer_start_, buffer_);
  fail(kSequenceError);
}

void CfiFlash::program(uint64_t offset, std::span<const std::byte> bytes) {
  if (locked_) return fail(kProgramError | kLockedError);
  const auto now = memory_.bytes().subspan(offset, bytes.size());
  std::vector<std::byte> then(bytes.size());
  std::transform(bytes.begin(), bytes.end(), now.begin(), then.begin(),
                 [](std::byte a, std::byte b) { return a & b; });
  // Writes only from the first to the last byte that changes: most buffers' ends do not.
  const auto first = std::mismatch(then.begin(), then.end(), now.begin()).first;
  if (first == then.end()) return;
  const auto last = std::mismatch(then.rbegin(), then.rend(), now.rbegin()).first.base();
  const auto skip = first - then.begin();
  if (!memory_.write(offset + static_cast<uint64_t>(skip),
                     {&*first, static_cast<size_t>(last - first)})) {
    fail(kProgramError);
  }
}

void CfiFlash::erase(uint64_t offset) {
  if (locked_) return fail(kEraseError | kLockedError);
  const std::vector<std::byte> blank(kBlock, kErased);
  const uint64_t start = offset & ~(kBlock - 1);
  const auto now = memory_.bytes().subspan(start, kBlock);
  if (std::equal(now.begin(), now.end(), blank.begin())) return;
  if (!memory_.write(start, blank)) fail(kEraseError);
}

void CfiFlash::fail(uint8_t status) { status_ |= status; }

void CfiFlash::enter(Mode mode) {
  const bool was_array = mode_ == Mode::kArray;
  mode_ = mode;
  if (show_ && was_array != (mode == Mode::kArray)) show_(mode == Mode::kArray);
}

void CfiFlash::describe(Fdt& fdt, uint64_t base) const {
  if (base != layout::kFlashBanks[0].base) return;
  Fdt::Node node(fdt, node_name(name(), base));
  fdt.property("compatible", "cfi-flash");
  std::vector<uint64_t> reg;
  for (const layout::Range& bank : layout::kFlashBanks) {
    reg.push_back(bank.base);
    reg.push_back(bank.size);
  }
  fdt.regs(reg);
  fdt.cells("bank-width", {kBankWidth});
}

}  // namespace hvk
