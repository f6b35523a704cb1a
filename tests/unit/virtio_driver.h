// SPDX-License-Identifier: GPL-2.0-only
// A driver of virtio devices over MMIO, as a guest has one, with its queues in a
// guest's memory: it obeys the rules, and breaks them where a test asks it to.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "board/layout.h"
#include "board/memory.h"
#include "tests/unit/virtio_driver_registers.h"
#include "virtio/mmio.h"

namespace hvk::test {

struct UsedElement {
  uint32_t id, length;
  friend bool operator==(const UsedElement&, const UsedElement&) = default;
};

constexpr uint64_t kMemory = 4 << 20;

// One queue's places in guest memory, and how far the driver is.
class DriverQueue {
 public:
  DriverQueue(GuestMemory& memory, uint64_t base, uint16_t size)
      : memory_(memory),
        size_(size),
        table_(base),
        available_(base + 0x4000),
        used_(base + 0x8000) {}

  uint16_t size() const { return size_; }
  uint64_t table() const { return table_; }
  uint64_t available() const { return available_; }
  uint64_t used() const { return used_; }

  void set(size_t index, Descriptor descriptor) { put(table_ + 16 * index, descriptor); }
  // Makes the chain that begins at descriptor `head` available, without a notification.
  void offer(uint16_t head) {
    put<uint16_t>(available_ + 4 + 2 * (next_ % size_), head);
    set_index(static_cast<uint16_t>(next_ + 1));
  }
  void set_index(uint16_t index) { put<uint16_t>(available_ + 2, next_ = index); }
  // Both rings as a driver leaves them before it starts the device.
  void clear() {
    set_index(0);
    put<uint16_t>(used_ + 2, seen_ = 0);
  }
  void set_flags(uint16_t flags) { put<uint16_t>(available_, flags); }
  void set_used_event(uint16_t index) { put<uint16_t>(available_ + 4 + 2u * size_, index); }

  uint16_t used_index() const { return get<uint16_t>(used_ + 2); }
  uint16_t used_flags() const { return get<uint16_t>(used_); }
  uint16_t available_event() const { return get<uint16_t>(used_ + 4 + 8u * size_); }
  UsedElement used_at(uint16_t index) const {
    return get<UsedElement>(used_ + 4 + 8u * (index % size_));
  }
  // What came back since the last call.
  std::vector<UsedElement> collect() {
    std::vector<UsedElement> all;
    while (seen_ != used_index()) all.push_back(used_at(seen_++));
    return all;
  }

  template <typename T>
  void put(uint64_t ipa, const T& value) {
    std::memcpy(memory_.at(ipa, sizeof(T))->data(), &value, sizeof(T));
  }
  template <typename T>
  T get(uint64_t ipa) const {
    T value;
    std::memcpy(&value, memory_.at(ipa, sizeof(T))->data(), sizeof(T));
    return value;
  }

 private:
  GuestMemory& memory_;
  const uint16_t size_;
  const uint64_t table_, available_, used_;
  uint16_t next_ = 0, seen_ = 0;
};

class VirtioDriver {
 public:
  VirtioDriver(VirtioMmio& transport, GuestMemory& memory) : transport_(transport) {
    for (unsigned i = 0; i < transport.queues(); ++i) {
      write(reg::kQueueSel, i);
      queues_.emplace_back(memory, memory.base() + 0x10000 * (1 + i),
                           static_cast<uint16_t>(read(reg::kQueueNumMax)));
    }
  }

  uint32_t read(uint64_t offset) { return static_cast<uint32_t>(transport_.read(offset, 4)); }
  void write(uint64_t offset, uint32_t value) { transport_.write(offset, 4, value); }
  void write64(uint64_t offset, uint64_t value) {
    write(offset, static_cast<uint32_t>(value));
    write(offset + 4, static_cast<uint32_t>(value >> 32));
  }

  uint64_t offered() {
    write(reg::kDeviceFeaturesSel, 0);
    const uint64_t low = read(reg::kDeviceFeatures);
    write(reg::kDeviceFeaturesSel, 1);
    return low | uint64_t{read(reg::kDeviceFeatures)} << 32;
  }

  // Up to FEATURES_OK; returns whether the device accepted `features`.
  bool negotiate(uint64_t features) {
    write(reg::kStatus, 0);
    write(reg::kStatus, kAcknowledge | kDriver);
    for (unsigned half = 0; half < 2; ++half) {
      write(reg::kDriverFeaturesSel, half);
      write(reg::kDriverFeatures, static_cast<uint32_t>(features >> 32 * half));
    }
    write(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
    return read(reg::kStatus) & kFeaturesOk;
  }
  void place(unsigned index) {
    const DriverQueue& queue = queues_[index];
    write(reg::kQueueSel, index);
    write(reg::kQueueNum, queue.size());
    write64(reg::kDescLow, queue.table());
    write64(reg::kDriverLow, queue.available());
    write64(reg::kDeviceLow, queue.used());
    write(reg::kQueueReady, 1);
  }
  void go() { write(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk); }
  // All of it, with all queues.
  void start(uint64_t features) {
    EXPECT_TRUE(negotiate(features));
    for (unsigned i = 0; i < queues_.size(); ++i) place(i);
    go();
  }
  void notify(unsigned index) { write(reg::kQueueNotify, index); }
  // Takes the interrupt: what caused it, acknowledged.
  uint32_t take_interrupt() {
    const uint32_t cause = read(reg::kInterruptStatus);
    write(reg::kInterruptAck, cause);
    return cause;
  }

  DriverQueue& queue(unsigned index = 0) { return queues_[index]; }

 private:
  VirtioMmio& transport_;
  std::vector<DriverQueue> queues_;
};

}  // namespace hvk::test
