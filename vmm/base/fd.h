// SPDX-License-Identifier: GPL-2.0-or-later
// A file descriptor that closes itself, and the eventfd built on it.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "base/error.h"

namespace hvk {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Makes a descriptor readable from any thread, so that a thread which polls it wakes. All calls of
// `signal` before a `take` add up to one wake-up.
class EventFd {
 public:
  // Throws SetupError.
  EventFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_) throw_errno("eventfd");
  }

  int get() const { return fd_.get(); }

  // Neither blocks. `signal` can fail only because the counter is full, and then a wake-up is
  // pending anyway; `take` can fail only because no wake-up is pending.
  void signal() const {
    const uint64_t one = 1;
    [[maybe_unused]] ssize_t n = ::write(fd_.get(), &one, sizeof(one));
  }
  void take() const {
    uint64_t count;
    [[maybe_unused]] ssize_t n = ::read(fd_.get(), &count, sizeof(count));
  }

 private:
  Fd fd_;
};

}  // namespace hvk
