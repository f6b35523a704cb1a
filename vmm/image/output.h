// SPDX-License-Identifier: GPL-2.0-or-later
// The growing result of a decompressor, bounded: a small file can unpack to
// more than there is.
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
  // At most `limit` bytes.
  explicit Output(uint64_t limit) : limit_(limit) {}

  // Free space of at least one byte. When `limit` bytes are filled it is one
  // byte more, so that a stream which ends exactly there can say so.
  std::span<std::byte> room() {
    if (used_ == buffer_.size()) {
      const uint64_t most = limit_ + 1;
      buffer_.resize(std::min<uint64_t>(std::max<uint64_t>(2 * used_, kFirst), most));
    }
    return std::span(buffer_).subspan(used_);
  }

  // `count` bytes of the last `room` were written. Throws ImageError beyond
  // the limit.
  void filled(size_t count) {
    used_ += count;
    if (used_ > limit_) {
      throw ImageError("it unpacks to more than the guest's RAM of " + std::to_string(limit_) +
                       " bytes; " + kGiveMore);
    }
  }

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
