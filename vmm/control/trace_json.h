// SPDX-License-Identifier: GPL-2.0-or-later
// The schedule as it ran, in the Trace Event Format that Perfetto opens: a
// track for each CPU, a slice for each window, named after its partition.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "config/system_config.h"

struct hvk_trace;

namespace hvk {

// Makes text of records; header, events and footer together are a JSON object,
// after any number of calls of `events`. Keeps one window for each CPU.
//
// A slice goes from where the timer of the window's start was served to where
// that of its end was. Marks in a track: "enter" (first entry into the guest),
// "yield", "overrun" (the partition had work left at the end), "start-up" (the same,
// while it starts up), "lost" (at the end: it was ready and not entered), "cut" (the guest was
// left because of the end, not by another exit right before), "late" beside it (more
// than HVK_WINDOW_LATE_NS after the end), "N records lost". "enter", "start-up", "overrun",
// "late" and "lost" are as many as the closing report has.
class TraceJson {
 public:
  explicit TraceJson(const SystemConfig& system) : system_(system) {}

  // With the names of the system and its CPUs.
  std::string header() const;
  // A record of no window of the system is passed over.
  std::string events(std::span<const hvk_trace> records);
  static constexpr std::string_view kFooter = "\n]}\n";

 private:
  struct Track {
    bool open = false;      // a window has started and not ended
    uint32_t window = 0;    // that one
    uint64_t start_ns = 0;  // its start
  };

  void one(const hvk_trace& record, std::string& out);
  void mark(const hvk_trace& record, std::string_view name, std::string& out) const;
  std::string name_of(uint32_t window) const;

  const SystemConfig& system_;
  std::map<uint32_t, Track> tracks_;  // by CPU, those of the system only
};

}  // namespace hvk
