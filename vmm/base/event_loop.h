// SPDX-License-Identifier: GPL-2.0-or-later
// Waiting for file descriptors, over libevent: a loop, and a watch for each descriptor.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <thread>

#include "base/fd.h"

struct event;
struct event_base;

namespace hvk {

// One thread waits in it. Watches may be made, turned on and off, and ended in any thread.
class EventLoop {
 public:
  // Throws SetupError.
  EventLoop();
  // After its watches.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Waits until something is ready, at most `milliseconds` if that is not negative, and makes the
  // call-backs of all that is. False: nothing was. What a call-back throws comes out.
  bool wait(int milliseconds = -1);

  // Ends a wait, and asks the loop's thread to end. Any thread.
  void stop() { stop_.signal(); }
  bool stopped() const { return stopped_; }

 private:
  friend class Watch;

  event_base* base_;
  event* timeout_;
  bool served_ = false;   // a call-back was made
  bool stopped_ = false;  // the thread has seen that it is to end
  std::exception_ptr thrown_;
  EventFd stop_;
  event* stop_event_;
};

// A descriptor that is watched while this object lives.
class Watch {
 public:
  // `ready` is called in the loop's thread whenever `fd` is readable, and has to read what is
  // there. Before the descriptor is closed the watch has to end. Throws SetupError.
  Watch(EventLoop& loop, int fd, std::function<void()> ready);
  // Once it returns, the call-back does not run and will not; but a watch can be ended by its own
  // call-back, which then goes on to its end.
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // What is waited for from now on: that something can be read, or written, or neither. That the
  // other end has gone counts as both.
  void want(bool read, bool write = false);

 private:
  EventLoop& loop_;
  const int fd_;
  std::shared_ptr<const std::function<void()>> ready_;
  event* event_ = nullptr;
  short wanted_ = 0;
};

// A loop with a thread of its own, which has the default scheduling.
class EventThread {
 public:
  // Throws SetupError.
  EventThread();
  ~EventThread();
  EventThread(const EventThread&) = delete;
  EventThread& operator=(const EventThread&) = delete;

  // Call-backs run in the thread, and must not throw.
  EventLoop& loop() { return loop_; }

 private:
  EventLoop loop_;
  std::thread thread_;
};

}  // namespace hvk
