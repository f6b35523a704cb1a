// SPDX-License-Identifier: GPL-2.0-or-later
#include "disk/virtio_blk.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"

namespace hvk {
namespace {

using blk::Range;
using blk::Status;
using blk::Type;

constexpr uint32_t kSector = DiskImage::kSector;

// The data of a chain may be in all of its descriptors but two, the header's and the status's.
constexpr uint32_t kMostSegments = VirtioBlk::kQueueSize - 2;

// While so many bytes are under way no more requests are taken, since `stop` waits for them. A
// request may have more, of which a piece is under way at a time. To discard takes some time
// however many bytes that are.
constexpr uint64_t kMostBytes = uint64_t{64} << 20;
constexpr uint64_t kPiece = uint64_t{4} << 20;
constexpr uint64_t kDiscardBytes = kMostBytes / 4;

// Requests taken at a time; between turns the worker does what else there is.
constexpr unsigned kTurn = 64;

// The most that one range may have, in sectors, and the most ranges of a request. Zeroes may have
// to be written, so that theirs is lower.
constexpr uint32_t kMostDiscard = (uint32_t{2} << 30) / kSector;
constexpr uint32_t kMostZeroes = static_cast<uint32_t>(kMostBytes / kSector);
constexpr uint32_t kMostRanges = 16;

// What zeroes are written from, and how many times over at once.
constexpr size_t kZeroesSize = 64 << 10, kMostZeroVectors = 16;
alignas(4096) constexpr std::byte kZeroes[kZeroesSize] = {};

constexpr const char* kWriteback = "writeback";

}  // namespace

VirtioBlk::VirtioBlk(const DiskImage& image, EventLoop& loop, const MakeEngine& make_engine)
    : image_(image),
      engine_(make_engine(loop, [this](auto operations) { ended(operations); })),
      turns_(loop, [this](unsigned) { take(); }) {
  const DiskImage::Blocks& blocks = image.blocks();
  const auto in_blocks = [&](uint32_t bytes, uint32_t most) {
    return bytes % blocks.logical == 0 ? std::min(bytes / blocks.logical, most) : 0;
  };
  config_.capacity = image.sectors();
  config_.seg_max = kMostSegments;
  config_.blk_size = blocks.logical;
  config_.physical_block_exp =
      static_cast<uint8_t>(std::bit_width(blocks.physical / blocks.logical) - 1);
  config_.alignment_offset = static_cast<uint8_t>(in_blocks(blocks.alignment_offset, UINT8_MAX));
  config_.min_io_size = static_cast<uint16_t>(in_blocks(blocks.least_io, UINT16_MAX));
  config_.opt_io_size = in_blocks(blocks.best_io, UINT32_MAX);
  config_.num_queues = 1;
  config_.max_discard_sectors = kMostDiscard;
  config_.max_discard_seg = kMostRanges;
  config_.discard_sector_alignment = blocks.discard / kSector;
  config_.max_write_zeroes_sectors = kMostZeroes;
  config_.max_write_zeroes_seg = 1;
  config_.write_zeroes_may_unmap = 1;
}

uint64_t VirtioBlk::features() const {
  const uint64_t always = blk::kSegMax | blk::kBlockSize | blk::kTopology | blk::kFlush;
  return always | (image_.read_only() ? blk::kReadOnly
                                      : blk::kConfigWce | blk::kDiscard | blk::kWriteZeroes);
}

void VirtioBlk::read_config(uint64_t offset, std::span<std::byte> to) const {
  blk::Configuration config = config_;
  config.writeback = writeback_;
  copy_config(std::as_bytes(std::span(&config, 1)), offset, to);
}

void VirtioBlk::write_config(uint64_t offset, std::span<const std::byte> from) {
  // Nothing else can be written (5.2.4).
  if (offset != offsetof(blk::Configuration, writeback) || from.size() != 1) return;
  const bool on = from[0] != std::byte{0};
  const std::lock_guard lock(writeback_mutex_);
  if (!writeback_.exchange(on) || on || image_.read_only()) return;
  // A driver that has turned the cache off flushes no more.
  int result;
  do result = ::fdatasync(image_.fd());
  while (result != 0 && errno == EINTR);
  if (result == 0) return;
  // The kernel tells of a lost write once, so that it has to be remembered for the driver, which
  // keeps its cache.
  sync_failed_ = true;
  writeback_ = true;
}

void VirtioBlk::start(uint64_t features, VirtioHost& host) {
  host_ = &host;
  flushes_ = features & blk::kFlush;
  // What `writeback` is to be without flushes (5.2.5.2), in which case it decides nothing here.
  if (!flushes_) writeback_ = false;
  broken_ = false;
}

void VirtioBlk::stop(Stop stop) {
  if (!host_) return;
  stopping_ = true;
  giving_up_ = stop == Stop::kForGood;
  while (under_way() > 0) engine_->wait();
  stopping_ = giving_up_ = false;
  turns_.clear();
  host_ = nullptr;
}

nlohmann::json VirtioBlk::save() const { return {{kWriteback, writeback_.load()}}; }

void VirtioBlk::restore(const nlohmann::json& state) {
  try {
    writeback_ = state.at(kWriteback).get<bool>();
  } catch (const nlohmann::json::exception& error) {
    throw SetupError(fmt::format("state of {}", name()), error.what());
  }
}

// --- requests: taken, checked and begun ----------------------------------------------------

void VirtioBlk::notified(unsigned) {
  take();
  // What the page cache had has ended already.
  engine_->harvest();
}

size_t VirtioBlk::under_way() const { return requests_.size() - idle_.size(); }

bool VirtioBlk::has_room() const {
  return under_way() < kQueueSize && bytes_ < kMostBytes && !stopping_ && !broken_ && !alone_ &&
         waiting_.empty();
}

// Takes all requests that there is room for, and begins them together. If there is no room, the
// driver's notifications stay off until a request has ended.
void VirtioBlk::take() {
  Virtqueue* const queue = host_->queue(0);
  if (!queue) return;
  bool more = has_room();
  unsigned turn = kTurn;
  while (more) {
    if (turn == 0) {
      turns_.later(0);
      break;
    }
    queue->hold_notifications();
    for (; turn > 0 && has_room(); --turn) {
      if (idle_.empty()) {
        requests_.push_back(std::make_unique<Request>());
        idle_.push_back(requests_.back().get());
      }
      Request& request = *idle_.back();
      if (!queue->take(request.chain)) break;
      idle_.pop_back();
      broken_ = !begin(request);
    }
    more = has_room() && queue->notify_again();
  }
  engine_->start();
  if (!queue->broken().empty()) host_->needs_reset(fmt::format("queue 0: {}", queue->broken()));
  host_->used(0);
}

// Begins a request, or ends it. Returns false if it has no room for an answer: then the driver is
// asked for a reset, and the request is forgotten.
bool VirtioBlk::begin(Request& request) {
  const Buffers& readable = request.chain.readable;
  const Buffers& writable = request.chain.writable;
  blk::Header header;
  if (readable.size() < sizeof(header) || writable.size() < sizeof(Status)) {
    host_->needs_reset(
        fmt::format("a request with {} bytes to read and {} to write, which must have a header of "
                    "{} and a status of {}",
                    readable.size(), writable.size(), sizeof(header), sizeof(Status)));
    idle_.push_back(&request);
    return false;
  }
  readable.read(0, std::as_writable_bytes(std::span(&header, 1)));
  request.type = static_cast<Type>(header.type);
  switch (request.type) {
    case Type::kIn:
    case Type::kOut:
      begin_transfer(request, header.sector);
      break;
    case Type::kFlush:
      if (sync_failed_.exchange(false)) {
        request.kind = DiskOperation::Kind::kSync;
        request.error = EIO;
        failed(request);
      } else if (image_.read_only()) {
        finish(request, Status::kOk);
      } else {
        submit(request, DiskOperation::Kind::kSync);
      }
      break;
    case Type::kGetId: {
      std::array<char, blk::kIdSize> id = {};
      std::copy_n(image_.id().begin(), std::min(image_.id().size(), id.size()), id.begin());
      const size_t room = std::min<size_t>(writable.size() - sizeof(Status), id.size());
      writable.write(0, std::as_bytes(std::span(id).first(room)));
      finish(request, Status::kOk, static_cast<uint32_t>(room));
      break;
    }
    case Type::kDiscard:
    case Type::kWriteZeroes:
      begin_ranges(request);
      break;
    default:
      finish(request, Status::kUnsupported);
  }
  return true;
}

// Whether the disk has these sectors.
bool VirtioBlk::has(uint64_t sector, uint64_t sectors) const {
  return sector <= image_.sectors() && sectors <= image_.sectors() - sector;
}

void VirtioBlk::begin_transfer(Request& request, uint64_t sector) {
  const bool in = request.type == Type::kIn;
  const Chain& chain = request.chain;
  Buffers data =
      in ? chain.writable.part(0, chain.writable.size() - sizeof(Status))
         : chain.readable.part(sizeof(blk::Header), chain.readable.size() - sizeof(blk::Header));
  if (data.size() % kSector != 0 || !has(sector, data.size() / kSector) ||
      (!in && image_.read_only())) {
    return finish(request, Status::kIoError);
  }
  if (data.size() == 0) return finish(request, Status::kOk);
  bytes_ += request.bytes = data.size();
  request.data = std::move(data);
  request.begin = sector * kSector;
  request.done = 0;
  request.through = write_through();
  next_piece(request);
}

// Has the next piece transferred, or, after the last one, the request ended.
void VirtioBlk::next_piece(Request& request) {
  const uint64_t done = request.done;
  if (done == request.data.size()) {
    const bool in = request.type == Type::kIn;
    if (traffic_) (in ? traffic_->disk_read : traffic_->disk_written) += done;
    return finish(request, Status::kOk, in ? static_cast<uint32_t>(done) : 0);
  }
  if (giving_up_) return finish(request, Status::kIoError);
  const Buffers piece = request.data.part(done, kPiece);
  request.offset = request.begin + done;
  request.vectors = piece.vectors();
  request.done += piece.size();
  submit(request,
         request.type == Type::kIn ? DiskOperation::Kind::kRead : DiskOperation::Kind::kWrite);
}

// Begins a request to discard or to zero, if its ranges are good (5.2.6.2).
void VirtioBlk::begin_ranges(Request& request) {
  const bool zeroes = request.type == Type::kWriteZeroes;
  const Buffers& readable = request.chain.readable;
  const size_t size = readable.size() - sizeof(blk::Header);
  const size_t most = zeroes ? config_.max_write_zeroes_seg : config_.max_discard_seg;
  if (image_.read_only() || size == 0 || size % sizeof(Range) != 0 || size > most * sizeof(Range)) {
    return finish(request, Status::kIoError);
  }
  request.ranges.resize(size / sizeof(Range));
  readable.read(sizeof(blk::Header), std::as_writable_bytes(std::span(request.ranges)));
  uint64_t sectors = 0;
  for (const Range& range : request.ranges) {
    if (range.flags & ~(zeroes ? blk::kUnmap : 0)) return finish(request, Status::kUnsupported);
    if (range.sectors > (zeroes ? kMostZeroes : kMostDiscard) ||
        !has(range.sector, range.sectors)) {
      return finish(request, Status::kIoError);
    }
    sectors += range.sectors;
  }
  std::erase_if(request.ranges, [](const Range& range) { return range.sectors == 0; });
  bytes_ += request.bytes = zeroes ? sectors * kSector : kDiscardBytes;
  request.writing_zeroes = false;
  request.sync_after = write_through();
  next_range(request);
}

// Has the first range discarded or zeroed, or, after the last one, the request ended.
void VirtioBlk::next_range(Request& request) {
  if (request.ranges.empty() && !request.sync_after) return finish(request, Status::kOk);
  if (giving_up_) return finish(request, Status::kIoError);
  if (request.ranges.empty()) {
    request.sync_after = false;
    return submit(request, DiskOperation::Kind::kSync);
  }
  const Range& range = request.ranges.front();
  const bool unmap = request.type == Type::kDiscard || (range.flags & blk::kUnmap);
  request.offset = range.sector * kSector;
  request.length = uint64_t{range.sectors} * kSector;
  if (unmap && can_punch_ && !request.writing_zeroes) {
    submit(request, DiskOperation::Kind::kPunch);
  } else if (request.type == Type::kDiscard) {
    // Nothing has to happen; nor have the other ranges to be looked at.
    finish(request, Status::kOk);
  } else if (can_zero_ && !request.writing_zeroes) {
    submit(request, DiskOperation::Kind::kZero);
  } else {
    request.writing_zeroes = true;
    write_zeroes(request);
  }
}

// Writes zeroes to the beginning of the first range, which shrinks by as much.
void VirtioBlk::write_zeroes(Request& request) {
  Range& range = request.ranges.front();
  const uint64_t size = std::min<uint64_t>(request.length, kZeroesSize * kMostZeroVectors);
  request.vectors.clear();
  for (uint64_t left = size; left > 0; left -= request.vectors.back().iov_len) {
    // A write does not change what it writes.
    request.vectors.push_back(
        {const_cast<std::byte*>(kZeroes), static_cast<size_t>(std::min(left, kZeroesSize))});
  }
  range.sector += size / kSector;
  range.sectors -= static_cast<uint32_t>(size / kSector);
  request.through = false;
  submit(request, DiskOperation::Kind::kWrite);
}

void VirtioBlk::submit(Request& request, DiskOperation::Kind kind) {
  const bool transfer = kind == DiskOperation::Kind::kRead || kind == DiskOperation::Kind::kWrite;
  if (!transfer) request.vectors.clear();
  request.kind = kind;
  request.fd = transfer ? image_.fd_for(request.offset, request.vectors) : image_.fd();
  if (transfer && image_.is_indirect(request.fd)) {
    // Through the page cache, and alone: the kernel keeps the cache coherent with transfers past it
    // that come before or after, not with those to the same page at the same time.
    waiting_.push_back(&request);
    return submit_alone();
  }
  ++running_;
  engine_->submit(request);
}

// Submits the next request that has to be alone, once it is.
void VirtioBlk::submit_alone() {
  if (waiting_.empty() || running_ > 0) return;
  Request* const request = waiting_.front();
  waiting_.erase(waiting_.begin());
  alone_ = true;
  ++running_;
  engine_->submit(*request);
}

// --- requests: gone on with, and ended -----------------------------------------------------

void VirtioBlk::ended(std::span<DiskOperation* const> operations) {
  running_ -= operations.size();
  alone_ = false;
  for (DiskOperation* const operation : operations) {
    auto& request = static_cast<Request&>(*operation);
    if (request.error != 0) {
      failed(request);
    } else {
      go_on(request);
    }
  }
  submit_alone();
  take();
}

void VirtioBlk::go_on(Request& request) {
  switch (request.type) {
    case Type::kIn:
    case Type::kOut:
      return next_piece(request);
    case Type::kDiscard:
    case Type::kWriteZeroes:
      // After the last range there is only the flush.
      if (request.ranges.empty()) break;
      if (!request.writing_zeroes || request.ranges.front().sectors == 0) {
        request.ranges.erase(request.ranges.begin());
        request.writing_zeroes = false;
      }
      return next_range(request);
    default:
      break;
  }
  finish(request, Status::kOk);
}

void VirtioBlk::failed(Request& request) {
  const bool allocating =
      request.kind == DiskOperation::Kind::kPunch || request.kind == DiskOperation::Kind::kZero;
  if (allocating && (request.error == EOPNOTSUPP || request.error == ENOSYS)) {
    (request.kind == DiskOperation::Kind::kPunch ? can_punch_ : can_zero_) = false;
    return next_range(request);
  }
  // A device takes only ranges of whole blocks of its own.
  if (allocating && request.error == EINVAL) {
    if (request.type == Type::kDiscard) return go_on(request);
    request.writing_zeroes = true;
    return next_range(request);
  }
  say_failed(request);
  finish(request, Status::kIoError);
}

void VirtioBlk::say_failed(const Request& request) {
  const char* doing = "";
  switch (request.kind) {
    case DiskOperation::Kind::kRead:
      doing = "reading";
      break;
    case DiskOperation::Kind::kWrite:
      doing = "writing";
      break;
    case DiskOperation::Kind::kSync:
      doing = "flushing";
      break;
    case DiskOperation::Kind::kPunch:
      doing = "discarding";
      break;
    case DiskOperation::Kind::kZero:
      doing = "zeroing";
      break;
  }
  host_->say(fmt::format("disk {}: {}: {}; the guest is told of an I/O error", image_.path(), doing,
                         request.error == DiskOperation::kPastEnd
                             ? "it has become shorter than when it was opened"
                             : std::strerror(request.error)));
}

// Gives a request back, with the number of bytes written to its beginning besides the status.
void VirtioBlk::finish(Request& request, Status status, uint32_t written) {
  const Buffers& writable = request.chain.writable;
  const uint32_t data = writable.size() - static_cast<uint32_t>(sizeof(status));
  writable.write(data, std::as_bytes(std::span(&status, 1)));
  // The length counts what was written without a gap (2.7.8.2).
  host_->queue(0)->give_back(request.chain.head, written == data ? writable.size() : written);
  bytes_ -= std::exchange(request.bytes, 0);
  idle_.push_back(&request);
}

}  // namespace hvk
