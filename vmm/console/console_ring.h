// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's console output between its vCPUs and the thread that writes it.
//
// Time isolation rests on this: a vCPU's thread waits neither for another
// guest's console nor for a slow terminal. Guests share no lock here, and a
// writer that is preempted holds none.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "base/fd.h"
#include "board/device.h"

namespace hvk {

// The sleep of a writer thread. The rings of one writer share it.
class WriterSleep {
 public:
  // To be called after the bytes that are to be written were put into the ring.
  void wake() {
    if (asleep_.load() && asleep_.exchange(false)) event_.signal();
  }

  // The writer's, in this order: `prepare`, a last look at all rings, and if
  // there is nothing a wait for `fd`.
  void prepare() {
    event_.take();
    asleep_.store(true);
  }
  int fd() const { return event_.get(); }

 private:
  std::atomic<bool> asleep_ = false;
  EventFd event_;
};

class ConsoleRing final : public ByteSink {
 public:
  static constexpr size_t kSize = 64 << 10;

  // What a full ring is to the guest: a UART with flow control, or a wire on
  // which bytes get lost, which a guest with windows needs.
  enum class Full { kWait, kLose };

  ConsoleRing(WriterSleep& writer, Full full) : writer_(writer), full_(full), bytes_(kSize) {}

  // Any thread.
  void put(uint8_t byte) override;

  // Ends a line that was begun: who wrote it is gone. Any thread.
  void end_line();

  // While on, `put` neither waits nor stores: its guest is to end, however
  // slow its reader is. Any thread.
  void discard(bool on);

  // Bytes that nobody will see. Any thread.
  uint64_t lost() const { return lost_.load(); }

  // The writer's: oldest bytes, without a copy, all of them up to where the
  // ring turns round; `consume` makes room of their first `count`, and `lose`
  // counts what could not be written.
  std::span<const uint8_t> content() const;
  void consume(size_t count);
  void lose(size_t count) { lost_ += count; }

 private:
  WriterSleep& writer_;
  const Full full_;
  std::vector<uint8_t> bytes_;

  std::mutex producers_;            // among the vCPUs of this one guest
  std::atomic<size_t> head_ = 0;    // bytes put since the start
  std::atomic<size_t> tail_ = 0;    // bytes consumed since the start
  std::atomic<uint32_t> turn_ = 0;  // changes when waiting may be over
  std::atomic<bool> discard_ = false;
  std::atomic<uint64_t> lost_ = 0;
};

}  // namespace hvk
