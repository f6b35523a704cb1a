// SPDX-License-Identifier: GPL-2.0-or-later
// Formats the schedule's trace in the Trace Event Format that Perfetto opens: a
// track for each CPU, and in it a slice for each window, named after its partition.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "config/system_config.h"

struct hvk_trace;

namespace hvk {

// Makes text of the module's records. The header, the results of any number of calls
// of `events`, and the footer together are a JSON object. The state between calls is
// the open window of each CPU.
//
// A slice begins when the timer of the window's start is served and ends when the
// timer of its end is served. A track also has marks:
//   "enter"     the first entry into the guest in this window
//   "yield"     the guest gave up the rest of the window
//   "overrun"   the window ended while the partition, past its start-up, had work left
//   "start-up"  the window ended while the partition still started up
//   "lost"      the window ended; the guest was ready to run but was not entered
//   "cut"       the guest was left because the window ended, not by another exit before
//   "late"      beside "cut": that was more than HVK_WINDOW_LATE_NS after the end
//   "N records lost"
// The numbers of "enter", "start-up", "overrun", "late" and "lost" are those of the
// closing report.
class TraceJson {
 public:
  explicit TraceJson(const SystemConfig& system) : system_(system) {}

  // The beginning of the file, with the names of the system and of its CPUs.
  std::string header() const;
  // The text for `records`. A record that is not about a window of the system is skipped.
  std::string events(std::span<const hvk_trace> records);
  static constexpr std::string_view kFooter = "\n]}\n";

 private:
  struct Track {
    bool open = false;      // whether a window has started and not ended yet
    uint32_t window = 0;    // the index of that window
    uint64_t start_ns = 0;  // when it started
  };

  void one(const hvk_trace& record, std::string& out);
  void mark(const hvk_trace& record, std::string_view name, std::string& out) const;
  std::string name_of(uint32_t window) const;

  const SystemConfig& system_;
  std::map<uint32_t, Track> tracks_;  // by CPU; only CPUs that have windows
};

}  // namespace hvk
