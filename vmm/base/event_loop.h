// SPDX-License-Identifier: GPL-2.0-or-later
// Waiting for file descriptors, over libevent: a loop, and a watch for each descriptor.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/fd.h"
#include "base/thread_kind.h"

struct event;
struct event_base;

namespace hvk {

// One thread calls `wait` and `stopped`. Watches may be made, turned on and off, and destroyed in
// any thread, but each watch in one thread at a time.
class EventLoop {
 public:
  // Throws SetupError.
  EventLoop();
  // All watches on this loop must have been destroyed before.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Waits until a watched descriptor is ready, at most `milliseconds` if that is not negative, and
  // calls the call-backs of all that are ready. Returns whether it called any. Rethrows what a
  // call-back throws.
  bool wait(int milliseconds = -1);

  // Ends the present or the next `wait`, after which `stopped` is true. Any thread.
  void stop() { stop_.signal(); }
  bool stopped() const { return stopped_; }

  // A descriptor that is readable while another thread waits for what it has asked of this loop's
  // one: call-backs that can be put off give way then. -1 if nobody tells.
  int awaited() const { return awaited_; }
  void set_awaited(int fd) { awaited_ = fd; }

 private:
  friend class Watch;

  event_base* base_;
  event* timeout_;
  bool served_ = false;   // the present `wait` has called a call-back
  bool stopped_ = false;  // the thread in `wait` has seen `stop`
  std::exception_ptr thrown_;
  int awaited_ = -1;
  EventFd stop_;
  event* stop_event_;
};

// Watches a descriptor as long as this object lives.
class Watch {
 public:
  // At first waits for reading: `ready` is called in the loop's thread as long as `fd` is readable,
  // and has to read what is there. The watch must be destroyed before the descriptor is closed.
  // Throws std::bad_alloc.
  Watch(EventLoop& loop, int fd, std::function<void()> ready);
  // Once it returns, the call-back neither runs nor will run. The call-back itself may destroy its
  // watch, and then runs on to its end.
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Sets what is waited for from now on: that `fd` can be read, that it can be written, both or
  // neither. If the other end has gone, `fd` counts as readable and writable.
  void want(bool read, bool write = false);

 private:
  EventLoop& loop_;
  const int fd_;
  std::shared_ptr<const std::function<void()>> ready_;
  event* event_ = nullptr;
  short wanted_ = 0;
};

// A loop with a thread of its own, which has the scheduling policy of the thread that created it.
class EventThread {
 public:
  // `name` is the thread's name, of at most 15 characters. Throws SetupError.
  explicit EventThread(const std::string& name = "events", ThreadKind kind = ThreadKind::kDevice);
  ~EventThread();
  EventThread(const EventThread&) = delete;
  EventThread& operator=(const EventThread&) = delete;

  // Its call-backs run in that thread and must not throw: nothing would catch it.
  EventLoop& loop() { return loop_; }

 private:
  EventLoop loop_;
  std::thread thread_;
};

}  // namespace hvk
