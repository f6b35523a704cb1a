// SPDX-License-Identifier: GPL-2.0-or-later
// The ring buffer for a guest's console output, between its vCPUs' threads, which
// fill it, and the writer, the thread that empties it.
//
// Isolation in time depends on it: the vCPU thread of a guest with windows waits
// neither for another guest's console nor for a slow terminal. Guests share no
// lock here, and the writer takes none, so that its preemption blocks no vCPU.
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

// Lets a writer thread sleep until a ring gets data. All rings of one writer
// share this object.
class WriterSleep {
 public:
  // Wakes the writer if it sleeps. To be called after bytes were put into a ring.
  // Any thread.
  void wake() {
    if (asleep_.load() && asleep_.exchange(false)) event_.signal();
  }

  // For the writer, which calls `prepare`, then checks all rings once more, and
  // only if all are empty waits for `fd`. In this order no wake-up is lost: bytes
  // put after the check find asleep_ set.
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

  // What `put` does when the ring is full: wait, as a UART with flow control
  // does, or lose the byte, which a guest with windows needs.
  enum class Full { kWait, kLose };

  ConsoleRing(WriterSleep& writer, Full full) : writer_(writer), full_(full), bytes_(kSize) {}

  // Adds a byte, and waits for room if `full` says so. Any thread.
  void put(uint8_t byte) override;

  // Completes an unfinished line, whose author is gone: at once if there is room, else
  // before the next byte that is put. Never waits. To be called while no other thread
  // puts bytes.
  void end_line();

  // While this is on, `put` drops its byte and does not wait, so that a guest can
  // be ended however slow its reader is. Any thread.
  void discard(bool on);

  // The number of bytes that were lost: those that `put` had no room for, and
  // those passed to `lose`. Any thread.
  uint64_t lost() const { return lost_.load(); }

  // For the writer. `content` returns the oldest bytes without copying them, up
  // to the end of the buffer, where the ring wraps around. `consume` frees the
  // first `count` of them. `lose` counts bytes that could not be written.
  std::span<const uint8_t> content() const;
  void consume(size_t count);
  void lose(size_t count) { lost_ += count; }

 private:
  void add(uint8_t byte);

  WriterSleep& writer_;
  const Full full_;
  std::vector<uint8_t> bytes_;

  std::mutex producers_;            // held in `put`; shared by this guest's vCPUs alone
  bool line_end_due_ = false;       // `end_line` found no room; guarded by producers_
  std::atomic<size_t> head_ = 0;    // number of bytes put since the start
  std::atomic<size_t> tail_ = 0;    // number of bytes consumed since the start
  std::atomic<uint32_t> turn_ = 0;  // incremented when a waiting `put` has to look again
  std::atomic<bool> discard_ = false;
  std::atomic<uint64_t> lost_ = 0;
};

}  // namespace hvk
