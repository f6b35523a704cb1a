// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/console_ring.h"

#include <algorithm>

namespace hvk {

void ConsoleRing::put(uint8_t byte) {
  const std::lock_guard lock(producers_);
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
  const size_t head = head_.load();
  if (head == 0 || bytes_[(head - 1) % kSize] == '\n') return;
  put('\r');
  put('\n');
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
