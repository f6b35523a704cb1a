// SPDX-License-Identifier: GPL-2.0-or-later
// What the host's kernel keeps of a CPU's time for threads that are not real-time ones. Windows
// are kept by real-time threads, so that this is what a system's windows may lose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace hvk {

// Of one CPU.
struct RtLimit {
  enum class Kind {
    kNone,
    // Up to 6.11: real-time threads that have had their share of a period stand still until its
    // end, whether another thread wants the CPU or not.
    kThrottling,
    // From 6.12 on: other threads that want the CPU and could not have the rest of a period in the
    // gaps get all of that rest, at once.
    kFairServer,
  };
  Kind kind = Kind::kNone;
  uint64_t rt_ns = 0;  // of each period, that real-time threads have in any case
  uint64_t period_ns = 0;

  bool limits() const { return kind != Kind::kNone; }
  double share() const;  // what `rt_ns` is of the period: 0.95
  // How long real-time threads that want `share` of the time have to stand still in each period,
  // at a stretch; 0: not at all.
  uint64_t lost_ns(double share) const;
};

class RtLimits {
 public:
  RtLimits() = default;  // no limits

  // As the kernel's files below `root` have them: where debugfs shows the scheduler's, by what is
  // there, else by the kernel's release. What cannot be read is no limit.
  static RtLimits read(const std::filesystem::path& root = "/");
  // RT throttling by these two numbers of /proc/sys/kernel; a negative runtime switches it off.
  static RtLimits throttling(int64_t runtime_us, int64_t period_us);

  // What there is on any CPU: the way is the same on all of them.
  RtLimit::Kind kind() const { return kind_; }
  RtLimit of(unsigned cpu) const;

  // The command that switches the limit of a CPU off: "sysctl kernel.sched_rt_runtime_us=-1".
  std::string remedy(unsigned cpu) const;
  // For a report on the host.
  std::string describe() const;

 private:
  void read_fair_server(const std::filesystem::path& folder);

  RtLimit::Kind kind_ = RtLimit::Kind::kNone;
  bool assumed_ = false;  // what the kernel has as it comes: its files are not to be seen
  RtLimit usual_;         // of a CPU that is not among these
  std::map<unsigned, RtLimit> of_cpu_;
};

}  // namespace hvk
