// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/event_feed.h"

#include <nlohmann/json.hpp>

namespace hvk {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t kPeriodNs = 1'000'000'000;

// The counters of windows, and the events that are published when these have grown since the last
// poll.
constexpr struct {
  const char* event;
  uint64_t WindowUse::*count;
} kWindowEvents[] = {
    {"window lost", &WindowUse::lost},
    {"window overrun", &WindowUse::overruns},
    {"window late", &WindowUse::late},
};

Json event(const SystemLinks& links, std::string_view what) {
  return {{"ns", links.clock().now_ns()}, {"event", what}};
}

std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

EventFeed::EventFeed(ControlServer& control, const SystemLinks& links)
    : control_(control), links_(links), seen_(links.system().guests.size()) {}

std::string EventFeed::listen() {
  if (!looking_ && links_.frame() >= 0) {
    looking_ = true;
    look_at_windows(false);
    timer_.repeat(kPeriodNs);
  }
  Json json = event(links_, "listening");
  json["system"] = links_.system().name;
  return line(json);
}

void EventFeed::tell(std::string_view what, const std::string& guest, unsigned boots,
                     std::string_view key, const std::string& how) {
  Json json = event(links_, what);
  json["partition"] = guest;
  json["boots"] = boots;
  if (!key.empty()) json[std::string(key)] = how;
  control_.publish(line(json));
}

void EventFeed::look() {
  timer_.take();
  if (control_.has_listeners()) {
    look_at_windows(true);
  } else {
    looking_ = false;
    timer_.repeat(0);
  }
}

void EventFeed::look_at_windows(bool tell) {
  for (size_t guest = 0; guest < seen_.size(); ++guest) {
    const std::optional<WindowUse> now = links_.windows(guest);
    if (!now) continue;
    for (const auto& [what, count] : kWindowEvents) {
      const uint64_t more = (*now).*count - seen_[guest].*count;
      if (!tell || more == 0) continue;
      Json json = event(links_, what);
      json["partition"] = links_.system().guests[guest].name;
      json["count"] = more;
      control_.publish(line(json));
    }
    seen_[guest] = *now;
  }
}

}  // namespace hvk
