// SPDX-License-Identifier: GPL-2.0-or-later
// How much of a CPU's time the host's kernel keeps for threads that are not real-time ones. vCPUs
// with windows run in real-time threads, so that a system's windows may lose this much.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace hvk {

// The limit on one CPU.
struct RtLimit {
  enum class Kind {
    kNone,
    // Linux up to 6.11: real-time threads that have had their share of a period do not run until
    // its end, whether another thread wants the CPU or not.
    kThrottling,
    // Linux from 6.12 on: if other threads want the CPU, and real-time threads left them less than
    // their share of a period, they get that share at a stretch.
    kFairServer,
  };
  Kind kind = Kind::kNone;
  uint64_t rt_ns = 0;  // the part of each period that real-time threads get in any case
  uint64_t period_ns = 0;

  bool limits() const { return kind != Kind::kNone; }
  double share() const;  // rt_ns / period_ns, as 0.95; 1 without a limit
  // How many ns at a stretch real-time threads that want `share` of the time are kept from running
  // in each period; 0 if they are not.
  uint64_t lost_ns(double share) const;
};

// The limits on all CPUs of a host.
class RtLimits {
 public:
  RtLimits() = default;  // no limits

  // Reads the limits from the kernel's files below `root`. The scheduler's files in debugfs tell
  // which mechanism there is. Where they are not visible the kernel's release tells, and a fair
  // server is taken to have its defaults. Any other limit that cannot be read counts as none.
  static RtLimits read(const std::filesystem::path& root = "/");
  // RT throttling with the values of /proc/sys/kernel/sched_rt_{runtime,period}_us; a negative
  // runtime means that it is off.
  static RtLimits throttling(int64_t runtime_us, int64_t period_us);

  // The mechanism, which is the same on all CPUs.
  RtLimit::Kind kind() const { return kind_; }
  RtLimit of(unsigned cpu) const;

  // The command that removes a CPU's limit: "sysctl kernel.sched_rt_runtime_us=-1". Empty if the
  // kernel limits no CPU.
  std::string remedy(unsigned cpu) const;
  // The limits in words, for a report on the host.
  std::string describe() const;

 private:
  void read_fair_server(const std::filesystem::path& folder);

  RtLimit::Kind kind_ = RtLimit::Kind::kNone;
  bool assumed_ = false;  // usual_ is the kernel's default, as its files cannot be seen
  RtLimit usual_;         // of each CPU that is not in of_cpu_
  std::map<unsigned, RtLimit> of_cpu_;
};

}  // namespace hvk
