// SPDX-License-Identifier: GPL-2.0-or-later
// The engine for hosts without io_uring: threads that wait for files.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/thread.h"
#include "disk/engine.h"

namespace hvk {
namespace {

constexpr unsigned kThreads = 4;
constexpr const char* kThreadName = "disk-io";

int64_t or_errno(ssize_t result) { return result < 0 ? -errno : result; }

// One system call for what is left of `operation`.
int64_t perform(const DiskOperation& operation) {
  const auto left = operation.left();
  const auto count = static_cast<int>(left.size());
  const auto offset = static_cast<off_t>(operation.offset);
  const auto length = static_cast<off_t>(operation.length);
  switch (operation.kind) {
    case DiskOperation::Kind::kRead:
      return or_errno(::preadv(operation.fd, left.data(), count, offset));
    case DiskOperation::Kind::kWrite:
      return or_errno(
          ::pwritev2(operation.fd, left.data(), count, offset, operation.through ? RWF_DSYNC : 0));
    case DiskOperation::Kind::kSync:
      return or_errno(::fdatasync(operation.fd));
    case DiskOperation::Kind::kPunch:
      return or_errno(
          ::fallocate(operation.fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, offset, length));
    case DiskOperation::Kind::kZero:
      return or_errno(
          ::fallocate(operation.fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_ZERO_RANGE, offset, length));
  }
  return -EINVAL;
}

class PoolEngine final : public DiskEngine {
 public:
  PoolEngine(EventLoop& loop, Ended ended)
      : ended_(std::move(ended)), watch_(loop, event_.get(), [this] {
          event_.take();
          harvest();
        }) {
    try {
      for (unsigned i = 0; i < kThreads; ++i) {
        threads_.push_back(start_thread(ThreadKind::kDevice, kThreadName, [this] { serve(); }));
      }
    } catch (...) {
      end_threads();
      throw;
    }
  }
  ~PoolEngine() override { end_threads(); }

  std::string_view name() const override { return "threads"; }

  void submit(DiskOperation& operation) override {
    operation.prepare();
    ++under_way_;
    submitted_.push_back(&operation);
  }

  void start() override {
    if (submitted_.empty()) return;
    {
      const std::lock_guard lock(mutex_);
      started_.insert(started_.end(), submitted_.begin(), submitted_.end());
    }
    if (submitted_.size() == 1) {
      work_.notify_one();
    } else {
      work_.notify_all();
    }
    submitted_.clear();
  }

  void harvest() override {
    std::vector<DiskOperation*> ended;
    {
      const std::lock_guard lock(mutex_);
      ended.swap(done_);
    }
    if (ended.empty()) return;
    under_way_ -= static_cast<unsigned>(ended.size());
    ended_(ended);
  }

  void wait() override {
    start();
    if (under_way_ > 0) {
      std::unique_lock lock(mutex_);
      result_.wait(lock, [this] { return !done_.empty(); });
    }
    harvest();
  }

 private:
  // What each thread does.
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock, [this] { return ending_ || !started_.empty(); });
      if (started_.empty()) return;
      DiskOperation& operation = *started_.front();
      started_.pop_front();
      lock.unlock();
      while (!operation.proceed(perform(operation))) {
      }
      lock.lock();
      done_.push_back(&operation);
      // The loop takes all of them when it takes the first.
      if (done_.size() > 1) continue;
      event_.signal();
      result_.notify_one();
    }
  }

  void end_threads() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  const Ended ended_;
  EventFd event_;
  std::vector<DiskOperation*> submitted_;  // the loop's thread's alone
  unsigned under_way_ = 0;                 // likewise

  std::mutex mutex_;  // guards what follows
  std::deque<DiskOperation*> started_;
  std::vector<DiskOperation*> done_;
  bool ending_ = false;
  std::condition_variable work_, result_;

  std::vector<std::thread> threads_;
  Watch watch_;
};

}  // namespace

std::unique_ptr<DiskEngine> make_pool_engine(EventLoop& loop, DiskEngine::Ended ended) {
  return std::make_unique<PoolEngine>(loop, std::move(ended));
}

}  // namespace hvk
