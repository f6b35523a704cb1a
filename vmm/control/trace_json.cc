// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/trace_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "uapi/hvk.h"

namespace hvk {
namespace {

using Json = nlohmann::ordered_json;

// Perfetto takes a process or thread with number 0 for the idle task, so numbers start at 1.
constexpr unsigned kProcess = 1;
unsigned thread_of(uint32_t cpu) { return cpu + 1; }

// The format's unit is the microsecond, with a fraction. A double is exact to the nanosecond for
// the first hundred days of the host's uptime, and nearly so afterwards.
double micros(uint64_t ns) { return static_cast<double>(ns) / 1000; }

// Returns `json` in one line of ASCII.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string name_event(const char* what, unsigned thread, const std::string& name) {
  return text_of({{"ph", "M"},
                  {"name", what},
                  {"pid", kProcess},
                  {"tid", thread},
                  {"args", {{"name", name}}}});
}

}  // namespace

std::string TraceJson::header() const {
  std::string text = text_of({{"displayTimeUnit", "ns"}, {"traceEvents", Json::array()}});
  text.resize(text.size() - std::string_view("]}").size());  // the footer closes these
  text += "\n" + name_event("process_name", 0, system_.name);
  std::set<unsigned> cpus;
  for (const WindowConfig& window : system_.windows) cpus.insert(window.cpu);
  for (const unsigned cpu : cpus) {
    text += ",\n" + name_event("thread_name", thread_of(cpu), fmt::format("CPU {}", cpu));
  }
  return text;
}

std::string TraceJson::events(std::span<const hvk_trace> records) {
  std::string text;
  for (const hvk_trace& record : records) {
    const bool known =
        record.window < system_.windows.size() && system_.windows[record.window].cpu == record.cpu;
    if (known) one(record, text);
  }
  return text;
}

void TraceJson::one(const hvk_trace& record, std::string& out) {
  Track& track = tracks_[record.cpu];
  if (record.lost != 0) {
    // The end of the open window may be among the lost records, so forget that window.
    track = Track{};
    mark(record, fmt::format("{} records lost", record.lost), out);
  }
  switch (record.event) {
    case HVK_TRACE_WINDOW_START:
      track.open = true;
      track.window = record.window;
      track.start_ns = record.ns;
      break;
    case HVK_TRACE_ENTER:
      mark(record, "enter", out);
      break;
    case HVK_TRACE_YIELD:
      mark(record, "yield", out);
      break;
    case HVK_TRACE_WINDOW_END:
      if (track.open && track.window == record.window && record.ns >= track.start_ns) {
        out += ",\n" + text_of({{"ph", "X"},
                                {"name", name_of(record.window)},
                                {"cat", "window"},
                                {"pid", kProcess},
                                {"tid", thread_of(record.cpu)},
                                {"ts", micros(track.start_ns)},
                                {"dur", micros(record.ns - track.start_ns)}});
      }
      track.open = false;
      break;
    case HVK_TRACE_OVERRUN:
      mark(record, "overrun", out);
      break;
    case HVK_TRACE_STARTUP:
      mark(record, "start-up", out);
      break;
    case HVK_TRACE_LOST:
      mark(record, "lost", out);
      break;
    case HVK_TRACE_LATE:
      mark(record, "late", out);
      [[fallthrough]];
    case HVK_TRACE_LEFT:
      mark(record, "cut", out);
      break;
    default:
      break;
  }
}

void TraceJson::mark(const hvk_trace& record, std::string_view name, std::string& out) const {
  out += ",\n" + text_of({{"ph", "i"},
                          {"s", "t"},
                          {"name", name},
                          {"pid", kProcess},
                          {"tid", thread_of(record.cpu)},
                          {"ts", micros(record.ns)},
                          {"args", {{"partition", name_of(record.window)}}}});
}

std::string TraceJson::name_of(uint32_t window) const {
  return system_.guests[system_.windows[window].guest].name;
}

}  // namespace hvk
