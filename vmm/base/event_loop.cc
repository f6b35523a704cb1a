// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/event_loop.h"

#include <sys/epoll.h>

#include <array>

#include "base/thread.h"

namespace hvk {
namespace {

void watch(int epoll, int fd) {
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("event loop");
}

}  // namespace

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw_errno("event loop");
  watch(epoll_.get(), stop_.get());
  thread_ = start_thread("events", [this] { run(); });
}

EventLoop::~EventLoop() {
  stop_.signal();
  thread_.join();
}

void EventLoop::add(int fd, std::function<void()> ready) {
  const std::lock_guard lock(mutex_);
  ready_[fd] = std::move(ready);
  watch(epoll_.get(), fd);
}

void EventLoop::remove(int fd) {
  const std::lock_guard lock(mutex_);
  if (ready_.erase(fd) != 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::run() {
  std::array<epoll_event, 16> events;
  for (;;) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<size_t>(i)].data.fd;
      if (fd == stop_.get()) return;
      const std::lock_guard lock(mutex_);
      // It may have been removed since epoll_wait returned.
      const auto found = ready_.find(fd);
      if (found != ready_.end()) found->second();
    }
  }
}

}  // namespace hvk
