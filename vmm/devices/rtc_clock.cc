// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/rtc_clock.h"

#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/thread.h"

namespace hvk {

namespace {

using std::chrono::system_clock;

class HostRtcClock final : public RtcClock {
 public:
  uint64_t seconds() override {
    const auto since = system_clock::now().time_since_epoch();
    return static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(since).count());
  }

  void call_at(uint64_t seconds, std::function<void()> alarm) override {
    // A time beyond the range of the host's clock is never reached.
    constexpr auto kLast =
        std::chrono::floor<std::chrono::seconds>(system_clock::duration::max()).count();
    std::lock_guard lock(mutex_);
    if (seconds > static_cast<uint64_t>(kLast)) {
      alarm_.reset();
    } else {
      alarm_ = {system_clock::time_point(std::chrono::seconds(seconds)), std::move(alarm)};
    }
    changed_.notify_one();
  }

 private:
  struct Alarm {
    system_clock::time_point at;
    std::function<void()> call;
  };

  void run(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (!alarm_) {
        changed_.wait(lock, stop, [this] { return alarm_.has_value(); });
      } else if (const auto at = alarm_->at; system_clock::now() < at) {
        changed_.wait_until(lock, stop, at, [&] { return !alarm_ || alarm_->at != at; });
      } else {
        const auto call = std::move(alarm_->call);
        alarm_.reset();
        lock.unlock();
        call();
        lock.lock();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Alarm> alarm_;
  // The thread is started here and not by the first alarm, because a guest's write must not be able
  // to fail. It is the last member, so that it is stopped and joined before the others are
  // destroyed.
  std::jthread thread_ = start_thread<std::jthread>(ThreadKind::kDevice, "rtc",
                                                    [this](std::stop_token stop) { run(stop); });
};

}  // namespace

std::unique_ptr<RtcClock> host_rtc_clock() { return std::make_unique<HostRtcClock>(); }

}  // namespace hvk
