// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/event_loop.h"

#include <event2/event.h>
#include <event2/thread.h>

#include <cerrno>
#include <new>
#include <utility>

#include "base/error.h"
#include "base/thread.h"

namespace hvk {
namespace {

// Makes a base that uses poll(2): epoll(7) refuses regular files, and stdin may be one.
event_base* new_base() {
  // Must be called once in the process, before the first base is made: it gives bases the locks
  // with which other threads can add and remove events.
  static const bool threads = ::evthread_use_pthreads() == 0;
  event_config* config = threads ? ::event_config_new() : nullptr;
  event_base* base = nullptr;
  if (config) {
    for (const char* method : {"epoll", "select"}) ::event_config_avoid_method(config, method);
    base = ::event_base_new_with_config(config);
    ::event_config_free(config);
  }
  if (!base) throw SetupError("event loop", "libevent cannot make one");
  return base;
}

}  // namespace

EventLoop::EventLoop()
    : base_(new_base()),
      timeout_(evtimer_new(
          base_, [](evutil_socket_t, short, void*) {}, nullptr)),
      stop_event_(::event_new(
          base_, stop_.get(), EV_READ | EV_PERSIST,
          [](evutil_socket_t, short, void* loop) {
            static_cast<EventLoop*>(loop)->stop_.take();
            static_cast<EventLoop*>(loop)->stopped_ = true;
          },
          this)) {
  // A base without any event would not wait at all; this event is in it for the base's whole life.
  if (timeout_ && stop_event_ && ::event_add(stop_event_, nullptr) == 0) return;
  if (timeout_) ::event_free(timeout_);
  if (stop_event_) ::event_free(stop_event_);
  ::event_base_free(base_);
  throw std::bad_alloc();
}

EventLoop::~EventLoop() {
  ::event_free(stop_event_);
  ::event_free(timeout_);
  ::event_base_free(base_);
}

bool EventLoop::wait(int milliseconds) {
  served_ = false;
  if (milliseconds >= 0) {
    const timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    ::event_add(timeout_, &time);
  }
  ::event_base_loop(base_, EVLOOP_ONCE);
  if (milliseconds >= 0) ::event_del(timeout_);
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  return served_;
}

Watch::Watch(EventLoop& loop, int fd, std::function<void()> ready)
    : loop_(loop),
      fd_(fd),
      ready_(std::make_shared<const std::function<void()>>(std::move(ready))) {
  const auto call = [](evutil_socket_t, short, void* self) {
    Watch& watch = *static_cast<Watch*>(self);
    EventLoop& loop = watch.loop_;
    loop.served_ = true;
    // The call-back may destroy the watch; this reference keeps the function alive until it
    // returns.
    const auto ready = watch.ready_;
    try {
      (*ready)();
    } catch (...) {
      // An exception must not unwind through libevent, which is C: EventLoop::wait throws it again.
      loop.thrown_ = std::current_exception();
      ::event_base_loopbreak(loop.base_);
    }
  };
  event_ = ::event_new(loop_.base_, fd_, EV_PERSIST, call, this);
  if (!event_) throw std::bad_alloc();
  want(true);
}

Watch::~Watch() { ::event_free(event_); }

void Watch::want(bool read, bool write) {
  const auto wanted = static_cast<short>((read ? EV_READ : 0) | (write ? EV_WRITE : 0));
  if (wanted == wanted_) return;
  if (wanted_ != 0) ::event_del(event_);
  wanted_ = wanted;
  if (wanted == 0) return;
  ::event_assign(event_, loop_.base_, fd_, static_cast<short>(wanted | EV_PERSIST),
                 ::event_get_callback(event_), this);
  ::event_add(event_, nullptr);
}

EventThread::EventThread(const std::string& name, ThreadKind kind) {
  thread_ = start_thread(kind, name, [this] {
    while (!loop_.stopped()) loop_.wait();
  });
}

EventThread::~EventThread() {
  loop_.stop();
  thread_.join();
}

}  // namespace hvk
