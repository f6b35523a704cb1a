// SPDX-License-Identifier: GPL-2.0-or-later
#include "disk/engine.h"

#include <cerrno>
#include <utility>

#include "base/sandbox.h"

namespace hvk {
namespace {

// A file that says EAGAIN to operations that may wait has another reason than that it is busy.
constexpr unsigned kMostTries = 8;

}  // namespace

void DiskOperation::prepare() {
  error = 0;
  first_ = 0;
  tries_ = 0;
  skip(0);
}

bool DiskOperation::proceed(int64_t result) {
  if (result == -EINTR) return false;
  if (result == -EAGAIN && ++tries_ <= kMostTries) return false;
  if (result < 0) {
    error = static_cast<int>(-result);
    return true;
  }
  tries_ = 0;
  if (kind != Kind::kRead && kind != Kind::kWrite) return true;
  if (result == 0 && !left().empty()) {
    error = kind == Kind::kRead ? kPastEnd : EIO;
    return true;
  }
  skip(static_cast<uint64_t>(result));
  return left().empty();
}

// Takes `bytes` off the beginning of what is left, and vectors that are empty.
void DiskOperation::skip(uint64_t bytes) {
  offset += bytes;
  while (first_ < vectors.size() && bytes >= vectors[first_].iov_len) {
    bytes -= vectors[first_++].iov_len;
  }
  if (first_ == vectors.size()) return;
  vectors[first_].iov_base = static_cast<std::byte*>(vectors[first_].iov_base) + bytes;
  vectors[first_].iov_len -= bytes;
}

std::unique_ptr<DiskEngine> make_disk_engine(EventLoop& loop, DiskEngine::Ended ended) {
  auto engine = make_uring_engine(loop, ended);
  sandbox::close_rings();
  return engine ? std::move(engine) : make_pool_engine(loop, std::move(ended));
}

}  // namespace hvk
