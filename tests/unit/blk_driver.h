// SPDX-License-Identifier: GPL-2.0-only
// A virtio disk and its driver: requests of any framing, and an engine that a test has in its hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "board/layout.h"
#include "board/memory.h"
#include "disk/blk_protocol.h"
#include "disk/disk_image.h"
#include "disk/engine.h"
#include "disk/virtio_blk.h"
#include "tests/unit/support.h"
#include "tests/unit/virtio_driver.h"
#include "virtio/mmio.h"
#include "virtio/worker.h"

namespace hvk::test {

// An engine that does what it is asked when it is told to, in the order of `order`, and remembers.
class ManualEngine final : public DiskEngine {
 public:
  struct Seen {
    DiskOperation::Kind kind;
    bool through;
    uint64_t offset, bytes;
  };

  explicit ManualEngine(Ended ended) : ended_(std::move(ended)) {}

  std::string_view name() const override { return "manual"; }
  void submit(DiskOperation& operation) override {
    operation.prepare();
    uint64_t bytes = operation.length;
    if (!operation.left().empty()) bytes = 0;
    for (const iovec& one : operation.left()) bytes += one.iov_len;
    seen.push_back({operation.kind, operation.through, operation.offset, bytes});
    held.push_back(&operation);
  }
  void start() override { ++starts; }
  void harvest() override {
    while (!hold && !held.empty()) end_all();
  }
  void wait() override { end_all(); }

  // Ends all operations that are held, the last one first, as one batch.
  void end_all() {
    std::vector<DiskOperation*> batch(held.rbegin(), held.rend());
    held.clear();
    for (DiskOperation* operation : batch) operation->error = answer ? answer(*operation) : 0;
    if (!batch.empty()) ended_(batch);
  }

  bool hold = false;
  std::function<int(DiskOperation&)> answer;  // the errno of an operation
  std::vector<DiskOperation*> held;
  std::vector<Seen> seen;
  int starts = 0;

 private:
  const Ended ended_;
};

// A disk with its transport, engine and driver, all in the test's thread.
class BlkDriver {
 public:
  // A buffer of a chain; its bytes are in the guest's memory at `ipa`.
  struct Piece {
    uint64_t ipa;
    uint32_t size;
    bool write = false;
  };
  struct Answer {
    int status = -1;
    uint32_t length = 0;  // as the used ring says
    std::string data;     // what was read
  };

  static constexpr uint64_t kRam = layout::kRamBase, kRamSize = 16 << 20;
  static constexpr uint64_t kHeader = kRam + 0x80000, kStatus = kRam + 0x90000,
                            kData = kRam + 0x100000;
  static constexpr uint64_t kBaseFeatures = virtio_feature::kVersion1 | blk::kFlush;

  using Make = VirtioBlk::MakeEngine;

  BlkDriver(const DiskImage& image, const Make& make, GuestMemory& memory)
      : memory_(memory),
        device_(image, loop_, make),
        transport_(device_, memory, irq, layout::kVirtioSpiBase, worker_),
        driver_(transport_, memory) {}

  VirtioMmio& transport() { return transport_; }
  uint64_t features() { return driver_.offered(); }
  bool needs_reset() { return driver_.read(reg::kStatus) & kNeedsReset; }
  blk::Configuration config() {
    blk::Configuration config;
    auto* const bytes = reinterpret_cast<uint8_t*>(&config);
    for (size_t i = 0; i < sizeof(config); ++i) {
      bytes[i] = static_cast<uint8_t>(transport_.read(reg::kConfig + i, 1));
    }
    return config;
  }
  void set_writeback(uint8_t value) {
    transport_.write(reg::kConfig + offsetof(blk::Configuration, writeback), 1, value);
  }

  // Resets the device and brings it up with new queues.
  void start(uint64_t features = kBaseFeatures) {
    reset();
    driver_.queue().clear();
    driver_.start(features);
  }
  void reset() { driver_.write(reg::kStatus, 0); }

  void put(uint64_t ipa, std::string_view bytes) {
    std::memcpy(memory_.at(ipa, bytes.size())->data(), bytes.data(), bytes.size());
  }
  std::string text(uint64_t ipa, size_t size) {
    return {reinterpret_cast<const char*>(memory_.at(ipa, size)->data()), size};
  }
  void put_header(uint32_t type, uint64_t sector, uint64_t ipa = kHeader) {
    const blk::Header header = {type, 0, sector};
    put(ipa, {reinterpret_cast<const char*>(&header), sizeof(header)});
  }

  // Writes a chain, from descriptor `head` on, and makes it available.
  void offer(const std::vector<Piece>& pieces, uint16_t head = 0) {
    for (size_t i = 0; i < pieces.size(); ++i) {
      const bool last = i + 1 == pieces.size();
      driver_.queue().set(
          head + i, {pieces[i].ipa, pieces[i].size,
                     static_cast<uint16_t>((last ? 0 : kNext) | (pieces[i].write ? kWrite : 0)),
                     static_cast<uint16_t>(head + i + 1)});
    }
    make_available(head);
  }
  void make_available(uint16_t head) { driver_.queue().offer(head); }
  void notify() { driver_.notify(0); }

  uint16_t used_index() { return driver_.queue().used_index(); }
  uint16_t used_flags() { return driver_.queue().used_flags(); }
  // Waits until the device has given `count` chains back, and returns these; fewer if it does not.
  std::vector<UsedElement> wait(unsigned count = 1) {
    std::vector<UsedElement> all;
    do {
      for (const UsedElement& one : driver_.queue().collect()) all.push_back(one);
    } while (all.size() < count && loop_.wait(kPatience));
    return all;
  }

  // A request of the usual framing, to its end.
  Answer request(uint32_t type, uint64_t sector, std::string_view out = {}, uint32_t in = 0) {
    put_header(type, sector);
    put(kStatus, "\xee");
    std::vector<Piece> pieces = {{kHeader, sizeof(blk::Header)}};
    if (!out.empty()) {
      put(kData, out);
      pieces.push_back({kData, static_cast<uint32_t>(out.size())});
    }
    if (in > 0) pieces.push_back({kData, in, true});
    pieces.push_back({kStatus, 1, true});
    offer(pieces);
    notify();
    const std::vector<UsedElement> used = wait();
    if (used.empty()) return {};
    return {static_cast<uint8_t>(text(kStatus, 1)[0]), used[0].length, text(kData, in)};
  }
  static std::string ranges(std::initializer_list<blk::Range> ranges) {
    return {reinterpret_cast<const char*>(ranges.begin()), ranges.size() * sizeof(blk::Range)};
  }

  FakeIrqLine irq;

 private:
  static constexpr int kPatience = 60000;  // ms, for one event

  GuestMemory& memory_;
  EventLoop loop_;
  CallersWorker worker_;
  VirtioBlk device_;
  VirtioMmio transport_;
  VirtioDriver driver_;
};

}  // namespace hvk::test
