// SPDX-License-Identifier: GPL-2.0-or-later
// Where a device's code runs: one call at a time, so that the device needs no lock.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "base/event_loop.h"
#include "base/fd.h"

namespace hvk {

class Worker {
 public:
  virtual ~Worker() = default;
  // Has `work` run after all work that was posted before. Does not wait for it, unless the worker
  // has no thread. Any thread but, of a worker without a thread, from within its work.
  virtual void post(std::function<void()> work) = 0;
  // As `post`, and returns when `work` has run. Any thread but the worker's.
  virtual void run(std::function<void()> work) = 0;
  // The loop in which the worker waits for descriptors, or null if it has no thread.
  virtual EventLoop* loop() { return nullptr; }
};

// Work runs in the thread that posts it, while others that post wait. For devices whose work is
// short and never blocks: it is then done in the time of the guest that asked for it.
class CallersWorker final : public Worker {
 public:
  void post(std::function<void()> work) override { run(std::move(work)); }
  void run(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    work();
  }

 private:
  std::mutex mutex_;
};

// Work runs in a thread of its own.
class ThreadWorker final : public Worker {
 public:
  // `name` is the thread's name. Throws SetupError.
  explicit ThreadWorker(const std::string& name, ThreadKind kind = ThreadKind::kDevice);
  void post(std::function<void()> work) override;
  void run(std::function<void()> work) override;
  EventLoop* loop() override { return &thread_.loop(); }

 private:
  void work();

  std::mutex mutex_;  // guards posted_ and waiting_
  std::deque<std::function<void()>> posted_;
  unsigned waiting_ = 0;  // calls of `run` that have not returned
  EventFd wake_, awaited_;
  EventThread thread_;
  Watch watch_;  // after thread_: it is on that thread's loop
};

}  // namespace hvk
