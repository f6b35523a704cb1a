// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/console_ring.h"

#include <algorithm>
#include <utility>

namespace hvk {

void ConsoleRing::put(uint8_t byte) {
  const std::lock_guard lock(producers_);
  if (std::exchange(line_end_due_, false)) {
    add('\r');
    add('\n');
  }
  add(byte);
}

// Called with producers_ held.
void ConsoleRing::add(uint8_t byte) {
  const size_t head = head_.load();
  for (;;) {
    // Read turn_ before the ring is checked: if the writer makes room after the check, turn_ has
    // changed and the wait below returns at once.
    const uint32_t turn = turn_.load();
    if (discard_.load()) return;
    if (head - tail_.load() < kSize) break;
    if (full_ == Full::kLose) {
      ++lost_;
      return;
    }
    turn_.wait(turn);
  }
  bytes_[head % kSize] = byte;
  head_.store(head + 1);
  writer_.wake();
}

void ConsoleRing::end_line() {
  constexpr size_t kLineEnd = 2;
  const std::lock_guard lock(producers_);
  const size_t head = head_.load();
  if (head == 0 || bytes_[(head - 1) % kSize] == '\n') return;
  line_end_due_ = kSize - (head - tail_.load()) < kLineEnd;
  if (line_end_due_) return;
  add('\r');
  add('\n');
}

void ConsoleRing::discard(bool on) {
  discard_ = on;
  ++turn_;
  turn_.notify_all();
}

std::span<const uint8_t> ConsoleRing::content() const {
  const size_t tail = tail_.load();
  const size_t start = tail % kSize;
  return {bytes_.data() + start, std::min(head_.load() - tail, kSize - start)};
}

void ConsoleRing::consume(size_t count) {
  tail_ += count;
  ++turn_;
  turn_.notify_all();
}

}  // namespace hvk
