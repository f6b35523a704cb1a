// SPDX-License-Identifier: GPL-2.0-or-later
// A disk (virtio 1.2, section 5.2) over an image or a block device of the host.
//
// When a write counts as done depends on the driver (5.2.6.2): with VIRTIO_BLK_F_FLUSH it is the
// host's, and a flush puts it on the medium; without it, or while the driver has set `writeback` to
// 0, it is on the medium before the driver hears of it.
//
// Not modelled: several queues, the lifetime of the medium, secure erase, zones, a disk that grows.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "disk/blk_protocol.h"
#include "disk/disk_image.h"
#include "disk/engine.h"
#include "virtio/device.h"
#include "virtio/traffic.h"
#include "virtio/turns.h"

namespace hvk {

class VirtioBlk final : public VirtioDevice {
 public:
  // Makes the engine, as make_disk_engine() does.
  using MakeEngine =
      std::function<std::unique_ptr<DiskEngine>(EventLoop& loop, DiskEngine::Ended ended)>;

  static constexpr uint16_t kQueueSize = DiskEngine::kMost;

  // `loop` is that of the device's worker. Both references must outlive the device.
  VirtioBlk(const DiskImage& image, EventLoop& loop, const MakeEngine& make_engine);
  // Adds what is transferred to `traffic`, which must outlive the device. Before `start`.
  void count_in(Traffic& traffic) { traffic_ = &traffic; }

  uint32_t id() const override { return 2; }
  std::string_view name() const override { return "virtio-blk"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  uint64_t features() const override;
  void read_config(uint64_t offset, std::span<std::byte> to) const override;
  // Returns only when the medium has what was written before, if the driver turns `writeback` off.
  void write_config(uint64_t offset, std::span<const std::byte> from) override;
  void start(uint64_t features, VirtioHost& host) override;
  void notified(unsigned queue) override;
  void stop(Stop stop) override;
  void reset() override { writeback_ = true; }
  nlohmann::json save() const override;
  void restore(const nlohmann::json& state) override;

 private:
  static constexpr uint16_t kQueues[] = {kQueueSize};

  // A request under way, which has one operation at a time.
  struct Request final : DiskOperation {
    blk::Type type = blk::Type::kIn;
    Chain chain;
    uint64_t bytes = 0;  // what it counts for in bytes_
    // Of kIn and kOut, which are transferred in pieces:
    Buffers data;
    uint64_t begin = 0;  // the place on the disk of its first byte
    uint64_t done = 0;   // bytes that were transferred, or are
    // Of kDiscard and kWriteZeroes:
    std::vector<blk::Range> ranges;  // those that are left
    bool writing_zeroes = false;     // the first of these is written, as it cannot be allocated
    bool sync_after = false;         // ends when the medium has it
  };

  // The way of a request: taken, begun, gone on with when its operation has ended, finished.
  void take();
  bool begin(Request& request);
  void begin_transfer(Request& request, uint64_t sector);
  void next_piece(Request& request);
  void begin_ranges(Request& request);
  void next_range(Request& request);
  void write_zeroes(Request& request);
  void submit(Request& request, DiskOperation::Kind kind);
  void submit_alone();
  void ended(std::span<DiskOperation* const> operations);
  void go_on(Request& request);
  void failed(Request& request);
  void finish(Request& request, blk::Status status, uint32_t written = 0);

  bool has(uint64_t sector, uint64_t sectors) const;
  size_t under_way() const;
  bool has_room() const;
  bool write_through() const { return !flushes_ || !writeback_; }
  void say_failed(const Request& request);

  const DiskImage& image_;
  Traffic* traffic_ = nullptr;
  blk::Configuration config_ = {};
  std::mutex writeback_mutex_;  // held until a change of writeback_ has its effect
  std::atomic<bool> writeback_ = true;
  std::atomic<bool> sync_failed_ = false;  // the next flush fails, as one did that nobody heard of

  // The worker's from here on.
  VirtioHost* host_ = nullptr;
  bool flushes_ = false;  // the driver accepted VIRTIO_BLK_F_FLUSH
  bool stopping_ = false;
  bool giving_up_ = false;         // requests end as soon as their operations have
  std::vector<Request*> waiting_;  // each until it is the only one whose operation is under way
  size_t running_ = 0;             // operations under way
  bool alone_ = false;             // the one that is under way has to be the only one
  bool broken_ = false;            // the device needs a reset
  bool can_punch_ = true, can_zero_ = true;
  std::vector<std::unique_ptr<Request>> requests_;  // at most kQueueSize
  std::vector<Request*> idle_;                      // those of them that are not under way
  uint64_t bytes_ = 0;                              // what those under way transfer
  std::unique_ptr<DiskEngine> engine_;
  Turns turns_;
};

}  // namespace hvk
