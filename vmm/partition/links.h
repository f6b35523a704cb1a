// SPDX-License-Identifier: GPL-2.0-or-later
// What the guests of a system have in common, and what outlives a restart of
// one of them: event channels, shared memory, the schedule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "base/log.h"
#include "config/system_config.h"
#include "partition/system_clock.h"

namespace hvk {

// A memory file, mapped here. Guests see it through their memory slots; this
// process never touches it, since a guest's mapping may be Non-cacheable.
class SharedMemory {
 public:
  // `size` bytes of zeroes; with `locked` they stay in memory. Throws
  // SetupError naming `what`.
  SharedMemory(const std::string& what, uint64_t size, bool locked);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

// What became of a guest's windows, summed over all of them.
struct WindowUse {
  uint64_t runs = 0;          // windows in which guest mode was entered
  uint64_t startup = 0;       // that were cut while the guest started up
  uint64_t overruns = 0;      // that were cut while it still had work, after its start-up
  uint64_t late = 0;          // that ended more than HVK_WINDOW_LATE_NS late
  uint64_t lost = 0;          // that did not take place, while the guest was ready to run
  uint64_t guest_ns = 0;      // in guest mode
  uint64_t start_max_ns = 0;  // from a window's start to the first entry: longest,
  uint64_t start_sum_ns = 0;  // and the sum
  uint64_t end_max_ns = 0;    // from a window's end until guest mode had ended
};

class SystemLinks {
 public:
  // Creates what `system` describes with `device`, /dev/hvk or /dev/kvm. On
  // the latter there is shared memory only: throws SystemFileError if more is asked
  // for, and SetupError for all that fails.
  SystemLinks(const SystemConfig& system, const std::string& device);

  // As given to the constructor.
  const SystemConfig& system() const { return system_; }

  // Whether the device has hvk's own calls, hypercalls among them.
  bool hvk() const { return hvk_; }

  // The clock that all guests count by, and whether they do: before Linux 6.4 KVM cannot give two
  // VMs the same zero. The clock starts at the construction.
  const SystemClock& clock() const { return clock_; }
  bool one_clock() const { return one_clock_; }

  // The fd of a channel, by its number.
  int channel(size_t number) const { return channels_[number].get(); }
  // Notifies its receiver, as a sender would. Any thread.
  void notify(size_t number) const noexcept;

  const SharedMemory& shared(size_t region) const { return shared_[region]; }

  // The schedule's fd, or -1.
  int frame() const { return frame_.get(); }
  // Lets the first frame begin at CLOCK_MONOTONIC `start_ns`, or at once if that
  // has passed. Without a schedule nothing happens. Throws SetupError.
  void start_schedule(uint64_t start_ns = 0);
  void stop_schedule() noexcept;
  // Nothing for a guest without windows.
  std::optional<WindowUse> windows(size_t guest) const;

  // The loop of a thread that does nothing but serve it, so that no call-back waits for long.
  EventLoop& events() { return events_.loop(); }

 private:
  void create_channels();
  void create_shared();
  void create_frame();

  SystemConfig system_;
  SystemClock clock_;
  Fd device_;
  bool hvk_;
  bool one_clock_;
  std::vector<Fd> channels_;
  std::vector<SharedMemory> shared_;
  Fd frame_;
  EventThread events_;
};

// A guest's place in its system. A guest without a system file is the only one of a system of its
// own.
struct Place {
  const SystemConfig& system;
  SystemLinks* links;  // null without a system file
  size_t guest;        // in SystemConfig::guests
  unsigned boots;      // how many times it was started before
  // Called with each health report, from a vCPU thread; `text` is printable.
  std::function<void(uint64_t code, std::string_view text)> health;
  OnceLog* log = nullptr;  // of this guest, over its restarts; or null
};

}  // namespace hvk
