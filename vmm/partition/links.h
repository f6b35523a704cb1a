// SPDX-License-Identifier: GPL-2.0-or-later
// What the guests of a system share and what therefore outlives a restart of one
// of them: event channels, shared memory, the schedule.
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

// A shared-memory region: a memory file that is mapped into this process, from
// where guests' memory slots map it. This process never accesses the content,
// since a guest's mapping may be Non-cacheable and this one is cacheable.
class SharedMemory {
 public:
  // Makes `size` bytes of zeros. If `locked`, they are locked in RAM (mlock(2)).
  // Throws SetupError, whose message begins with `what`.
  SharedMemory(const std::string& what, uint64_t size, bool locked);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

// Statistics of a guest's windows, over all of them (struct hvk_window_stats in uapi/hvk.h). The
// first five count windows.
struct WindowUse {
  uint64_t runs = 0;          // in which guest mode was entered
  uint64_t startup = 0;       // that ended while the guest still started up
  uint64_t overruns = 0;      // that ended while the guest, past its start-up, still had work
  uint64_t late = 0;          // whose guest was left more than HVK_WINDOW_LATE_NS after the end
  uint64_t lost = 0;          // in which the guest was ready to run but was not entered
  uint64_t guest_ns = 0;      // time in guest mode
  uint64_t start_max_ns = 0;  // longest time from a window's start to the first entry,
  uint64_t start_sum_ns = 0;  // and the sum of these times
  uint64_t end_max_ns = 0;    // longest time from a window's end until guest mode was left
};

class SystemLinks {
 public:
  // Creates the channels, the shared memory and the schedule of `system` with
  // `device`, /dev/hvk or /dev/kvm. KVM has neither channels nor windows: throws
  // SystemFileError if `system` asks it for these, and SetupError if a call fails.
  SystemLinks(const SystemConfig& system, const std::string& device);

  // A copy of the configuration given to the constructor.
  const SystemConfig& system() const { return system_; }

  // Whether the device has hvk's own ioctls, and with them hypercalls.
  bool hvk() const { return hvk_; }

  // The system's clock, which starts when this object is constructed. `one_clock` says whether the
  // guests' counters follow it: KVM before Linux 6.4 cannot give two VMs the same counter offset.
  const SystemClock& clock() const { return clock_; }
  bool one_clock() const { return one_clock_; }

  // The descriptor of channel `number`.
  int channel(size_t number) const { return channels_[number].get(); }
  // Notifies the receiver of channel `number`, as a sender's hypercall would. Any thread.
  void notify(size_t number) const noexcept;

  const SharedMemory& shared(size_t region) const { return shared_[region]; }

  // The schedule's descriptor, or -1 if there is no schedule.
  int frame() const { return frame_.get(); }
  // Starts the schedule: the first frame begins at `start_ns` of CLOCK_MONOTONIC, or at
  // once if that has passed. Does nothing if there is no schedule. Throws SetupError.
  void start_schedule(uint64_t start_ns = 0);
  // Stops the schedule: no guest with windows runs any more. Does nothing if there is none.
  void stop_schedule() noexcept;
  // The statistics of a guest's windows, or nothing if it has none.
  std::optional<WindowUse> windows(size_t guest) const;

  // An event loop with a thread of its own, which serves nothing else, so that call-backs run
  // without much delay.
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

// A guest's place in its system. A guest that was started without a system file is the only one of
// a system made for it.
struct Place {
  const SystemConfig& system;
  SystemLinks* links;  // null without a system file
  size_t guest;        // index in SystemConfig::guests
  unsigned boots;      // the number of times that the guest was started before
  // Called with each health report, from a vCPU thread; `text` is printable ASCII.
  std::function<void(uint64_t code, std::string_view text)> health;
  OnceLog* log = nullptr;  // the guest's log, which outlives its restarts; or null
};

}  // namespace hvk
