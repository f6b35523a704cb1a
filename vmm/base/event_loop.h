// SPDX-License-Identifier: GPL-2.0-or-later
// One thread that waits for file descriptors on behalf of many.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "base/fd.h"

namespace hvk {

// Its thread has the default scheduling and takes no signals.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `ready` in the loop's thread whenever `fd` is readable; it has to
  // read what is there, must not throw, and must not call `add` or `remove`.
  // Any thread. Throws SetupError.
  void add(int fd, std::function<void()> ready);

  // Once it returns, the call-back does not run and will not. Any thread; an
  // `fd` that was not added is ignored.
  void remove(int fd);

 private:
  void run();

  Fd epoll_;
  EventFd stop_;
  std::mutex mutex_;  // held while a call-back runs
  std::map<int, std::function<void()>> ready_;
  std::thread thread_;
};

}  // namespace hvk
