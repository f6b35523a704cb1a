// SPDX-License-Identifier: GPL-2.0-or-later
// The growing output of a decompressor. It is bounded, as a small file can unpack to more bytes
// than the guest has RAM.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/loaded.h"

namespace hvk::image {

class Output {
 public:
  // Takes at most `limit` bytes.
  explicit Output(uint64_t limit) : limit_(limit) {}

  // Returns free space of at least one byte. Even when `limit` bytes are filled there is one byte
  // more, so that the decompressor can find the end of a stream of exactly `limit` bytes.
  std::span<std::byte> room() {
    if (used_ == buffer_.size()) {
      const uint64_t most = limit_ + 1;
      buffer_.resize(std::min<uint64_t>(std::max<uint64_t>(2 * used_, kFirst), most));
    }
    return std::span(buffer_).subspan(used_);
  }

  // Says that `count` bytes of the last `room` were written. Throws ImageError if there are now
  // more than `limit`.
  void filled(size_t count) {
    used_ += count;
    if (used_ > limit_) {
      throw ImageError("it unpacks to more than the guest's RAM of " + std::to_string(limit_) +
                       " bytes; " + kGiveMore);
    }
  }

  // Returns all bytes that were written. To be called once, at the end.
  std::vector<std::byte> take() {
    buffer_.resize(used_);
    return std::move(buffer_);
  }

 private:
  static constexpr uint64_t kFirst = 1 << 20;

  uint64_t limit_;
  uint64_t used_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace hvk::image
