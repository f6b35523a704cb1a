// SPDX-License-Identifier: GPL-2.0-only
// The driver of a network card in a test: it writes real queues into a guest's memory, and knows
// the transport's registers. And a back end that the test fills and looks into.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "board/memory.h"
#include "net/net_backend.h"
#include "net/virtio_net.h"
#include "tests/unit/support.h"
#include "virtio/mmio.h"

namespace hvk::test {

// An Ethernet frame of `size` bytes whose content depends on `seed`.
inline std::string frame(size_t size, unsigned seed = 1) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + seed * 31 + (i >> 8));
  return bytes;
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class FakeBackend final : public NetBackend {
 public:
  explicit FakeBackend(unsigned pairs = 1, uint64_t offloads = 0)
      : wanted(pairs, true), incoming(pairs), offloads_(offloads) {}

  uint64_t offloads() const override { return offloads_; }
  unsigned pairs() const override { return static_cast<unsigned>(incoming.size()); }
  bool link_up() const override { return up; }
  void attach(EventLoop&, NetUser& device, uint64_t accepted) override {
    user = &device;
    features = accepted;
  }
  void detach() override { user = nullptr; }
  void use_pairs(unsigned count) override { used_pairs = count; }
  std::span<const std::byte> receive(unsigned pair) override {
    if (incoming[pair].empty()) return {};
    last = incoming[pair].front();
    incoming[pair].pop_front();
    return std::as_bytes(std::span(last));
  }
  void want_packets(unsigned pair, bool want) override { wanted[pair] = want; }
  Sent send(unsigned pair, std::span<const iovec> packet) override {
    if (full) return Sent::kFull;
    std::string bytes;
    for (const iovec& one : packet) {
      bytes.append(static_cast<const char*>(one.iov_base), one.iov_len);
    }
    sent.push_back(std::move(bytes));
    last_pair = pair;
    return Sent::kDone;
  }

  NetUser* user = nullptr;
  uint64_t features = 0;
  bool up = true, full = false;
  unsigned used_pairs = 1, last_pair = 0;
  std::vector<bool> wanted;
  std::vector<std::deque<std::string>> incoming;
  std::vector<std::string> sent;

 private:
  const uint64_t offloads_;
  std::string last;
};

class NetDriver {
 public:
  static constexpr uint64_t kBase = 0x40000000, kSize = 16 << 20;
  static constexpr uint64_t kAll = ~uint64_t{0};
  struct Buffer {
    uint64_t ipa;
    uint32_t size;
  };
  struct Used {
    uint32_t head, written;
  };

  // `irq` and `loop` are for the device that the test makes.
  NetDriver(VirtioDevice& device, EventLoop& loop)
      : loop_(loop),
        transport(device, memory, irq, 0, worker),
        queues_(device.queue_sizes().size()) {}

  uint32_t read(uint64_t offset) { return static_cast<uint32_t>(transport.read(offset, 4)); }
  void write(uint64_t offset, uint32_t value) { transport.write(offset, 4, value); }

  void reset() {
    write(0x070, 0);
    for (Queue& queue : queues_) queue = {};
  }
  // Accepts of what is offered the features in `wanted`, without event indices, and sets all queues
  // up.
  void start(uint64_t wanted = kAll, uint16_t size = 64) {
    write(0x070, 1);
    write(0x070, 3);
    uint64_t offered = 0;
    for (uint32_t half : {0u, 1u}) {
      write(0x014, half);
      offered |= uint64_t{read(0x010)} << (32 * half);
    }
    features = offered & (wanted | virtio_feature::kVersion1) & ~virtio_feature::kEventIndex;
    for (uint32_t half : {0u, 1u}) {
      write(0x024, half);
      write(0x020, static_cast<uint32_t>(features >> (32 * half)));
    }
    write(0x070, 11);
    EXPECT_EQ(read(0x070), 11u);
    for (uint32_t i = 0; i < queues_.size(); ++i) {
      queues_[i] = {.size = size};
      write(0x030, i);
      write(0x038, size);
      write(0x080, static_cast<uint32_t>(table(i)));
      write(0x090, static_cast<uint32_t>(available(i)));
      write(0x0a0, static_cast<uint32_t>(used_ring(i)));
      put<uint16_t>(available(i) + 2, 0);
      put<uint16_t>(used_ring(i) + 2, 0);
      write(0x044, 1);
    }
    next_buffer_ = kBuffers;
    write(0x070, 15);
  }

  // Makes a chain available: buffers that the device reads, then those that it writes. Returns its
  // head.
  uint16_t add(unsigned index, const std::vector<Buffer>& readable,
               const std::vector<Buffer>& writable) {
    Queue& queue = queues_[index];
    const uint16_t head = queue.next;
    const size_t count = readable.size() + writable.size();
    for (size_t i = 0; i < count; ++i) {
      const bool write = i >= readable.size();
      const Buffer& one = write ? writable[i - readable.size()] : readable[i];
      const uint64_t at = table(index) + size_t{queue.next} * 16;
      queue.next = static_cast<uint16_t>((queue.next + 1) % queue.size);
      put<uint64_t>(at, one.ipa);
      put<uint32_t>(at + 8, one.size);
      put<uint16_t>(at + 12, static_cast<uint16_t>((i + 1 < count ? 1 : 0) | (write ? 2 : 0)));
      put<uint16_t>(at + 14, queue.next);
    }
    put<uint16_t>(available(index) + 4 + queue.made % queue.size * 2, head);
    put<uint16_t>(available(index) + 2, ++queue.made);
    return head;
  }
  void notify(unsigned index) { write(0x050, index); }

  // Memory for a buffer.
  Buffer room(uint32_t size) {
    if (next_buffer_ + size > kBase + kSize) next_buffer_ = kBuffers;
    const Buffer buffer = {next_buffer_, size};
    next_buffer_ += (size + 63) & ~63u;
    return buffer;
  }
  Buffer filled(std::string_view bytes) {
    const Buffer buffer = room(static_cast<uint32_t>(bytes.size()));
    std::memcpy(memory.at(buffer.ipa, buffer.size)->data(), bytes.data(), bytes.size());
    return buffer;
  }
  std::string content(const Buffer& buffer, size_t size) {
    return text_of(memory.at(buffer.ipa, buffer.size)->first(size));
  }

  // A packet to send, its header and itself in one chain of pieces of these sizes, the last one as
  // long as the rest.
  void send(const std::string& packet, std::initializer_list<size_t> pieces = {12},
            const std::string& header = std::string(12, '\0'), unsigned queue = 1) {
    std::string bytes = header + packet;
    std::vector<Buffer> buffers;
    for (const size_t piece : pieces) {
      const size_t n = std::min(piece, bytes.size());
      buffers.push_back(filled(bytes.substr(0, n)));
      bytes.erase(0, n);
    }
    if (!bytes.empty()) buffers.push_back(filled(bytes));
    add(queue, buffers, {});
  }

  // The next chain that was given back, if there is one.
  std::optional<Used> take_used(unsigned index) {
    Queue& queue = queues_[index];
    if (get<uint16_t>(used_ring(index) + 2) == queue.seen) return std::nullopt;
    const uint64_t at = used_ring(index) + 4 + queue.seen % queue.size * 8;
    ++queue.seen;
    return Used{get<uint32_t>(at), get<uint32_t>(at + 4)};
  }
  unsigned count_used(unsigned index) {
    unsigned count = 0;
    while (take_used(index)) ++count;
    return count;
  }

  // Serves the loop until nothing is left to be done.
  void settle() {
    while (loop_.wait(0)) continue;
  }
  bool needs_reset() { return read(0x070) & 64; }

  template <typename T>
  void put(uint64_t ipa, T value) {
    std::memcpy(memory.at(ipa, sizeof(T))->data(), &value, sizeof(T));
  }
  template <typename T>
  T get(uint64_t ipa) {
    T value;
    std::memcpy(&value, memory.at(ipa, sizeof(T))->data(), sizeof(T));
    return value;
  }
  static uint64_t table(unsigned index) { return kBase + index * 0x10000; }
  static uint64_t available(unsigned index) { return table(index) + 0x4000; }
  static uint64_t used_ring(unsigned index) { return table(index) + 0x8000; }

 private:
  static constexpr uint64_t kBuffers = kBase + (2 << 20);
  struct Queue {
    uint16_t size = 0;
    uint16_t next = 0;  // descriptor
    uint16_t made = 0, seen = 0;
  };

  EventLoop& loop_;

 public:
  GuestMemory memory{kBase, kSize};
  FakeIrqLine irq;
  CallersWorker worker;
  VirtioMmio transport;
  uint64_t features = 0;

 private:
  std::vector<Queue> queues_;
  uint64_t next_buffer_ = kBuffers;
};

}  // namespace hvk::test
