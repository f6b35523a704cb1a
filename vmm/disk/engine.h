// SPDX-License-Identifier: GPL-2.0-or-later
// Reads and writes files without waiting for them: io_uring, or threads where the host has none.
//
// Threads: an engine is used by the thread of one event loop, in which it also says what has ended.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/event_loop.h"

namespace hvk {

// One operation on a file, from `DiskEngine::submit` on the engine's until it is said to have
// ended.
class DiskOperation {
 public:
  enum class Kind : uint8_t {
    kRead,   // into `vectors`, from `offset` on
    kWrite,  // from `vectors`, to `offset`
    kSync,   // fdatasync(2): what was written before is on the medium
    kPunch,  // gives back the space of `length` bytes from `offset` on, which then read as zeroes
    kZero,   // as `kPunch`, but keeps the space
  };

  Kind kind = Kind::kSync;
  bool through = false;  // kWrite: ends when the data are on the medium
  int fd = -1;
  uint64_t offset = 0, length = 0;
  std::vector<iovec> vectors;  // changed by the engine
  int error = 0;               // how it ended: 0, an errno, or kPastEnd

  // The file ended before the read did: it has become shorter.
  static constexpr int kPastEnd = -1;

  // For engines. `prepare` comes first. `proceed` takes what a system call for `left` returned, a
  // number of bytes or an errno less than zero; it returns whether the operation has ended, or else
  // has to be tried again with what is then `left`.
  void prepare();
  bool proceed(int64_t result);
  std::span<const iovec> left() const { return std::span(vectors).subspan(first_); }
  // The last try was answered with EAGAIN: the next one must be one that waits.
  bool must_wait() const { return tries_ > 0; }

 private:
  void skip(uint64_t bytes);

  size_t first_ = 0;    // of `vectors`, the first that is not done
  unsigned tries_ = 0;  // that gave EAGAIN, one after the other
};

class DiskEngine {
 public:
  // Called with operations that have ended, in the loop's thread. It may submit others and start
  // them.
  using Ended = std::function<void(std::span<DiskOperation* const>)>;
  // The most operations at the same time.
  static constexpr unsigned kMost = 256;

  virtual ~DiskEngine() = default;
  virtual std::string_view name() const = 0;

  // Takes an operation, which must stay where it is until it has ended.
  virtual void submit(DiskOperation& operation) = 0;
  // Begins what was submitted. None of these functions but `wait` waits for a file.
  virtual void start() = 0;
  // Says what has ended so far, if anything; the loop does so by itself.
  virtual void harvest() = 0;
  // Waits until something has ended, if anything is under way, and says so.
  virtual void wait() = 0;
};

// io_uring; null if this host does not have it or forbids it. No operation may be under way when
// an engine is destroyed.
std::unique_ptr<DiskEngine> make_uring_engine(EventLoop& loop, DiskEngine::Ended ended);
// A few threads. Throws std::system_error.
std::unique_ptr<DiskEngine> make_pool_engine(EventLoop& loop, DiskEngine::Ended ended);
// The first of these that is possible.
std::unique_ptr<DiskEngine> make_disk_engine(EventLoop& loop, DiskEngine::Ended ended);

}  // namespace hvk
