// SPDX-License-Identifier: GPL-2.0-or-later
// Publishes what happens in a system to the clients of its control socket that asked for `events`,
// as one JSON document per line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/alarm.h"
#include "control/control_server.h"
#include "partition/links.h"

namespace hvk {

// For one thread. It never waits for a client, so neither does a guest; a client that does not read
// is disconnected (ControlServer).
class EventFeed {
 public:
  // Both arguments must outlive this object. Throws SetupError.
  EventFeed(ControlServer& control, const SystemLinks& links);

  // To be called when a client begins to listen. Returns the line to answer it with. The module
  // does not notify the VMM of events of windows, so from now on the windows' counters are polled
  // once a second, until no client listens any more.
  std::string listen();

  // Publishes the event `what` of `guest`, "started" for example. `key` and `how` are an additional
  // member of the JSON document, unless `key` is empty.
  void tell(std::string_view what, const std::string& guest, unsigned boots,
            std::string_view key = {}, const std::string& how = {});

  // The descriptor of the polling timer. `look`, which publishes the events of windows since the
  // last poll, is to be called when it is readable.
  int fd() const { return timer_.get(); }
  void look();

 private:
  void look_at_windows(bool tell);

  ControlServer& control_;
  const SystemLinks& links_;
  Alarm timer_;
  bool looking_ = false;
  std::vector<WindowUse> seen_;  // counters at the last poll, by guest
};

}  // namespace hvk
