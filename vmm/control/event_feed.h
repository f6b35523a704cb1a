// SPDX-License-Identifier: GPL-2.0-or-later
// What happens in a system, for the clients of its control socket that asked for `events`: a
// JSON document a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/alarm.h"
#include "control/control_server.h"
#include "partition/links.h"

namespace hvk {

// For one thread. Nobody's guest waits for it: what a client does not read is its own loss.
class EventFeed {
 public:
  // Both must outlive it. Throws SetupError.
  EventFeed(ControlServer& control, const SystemLinks& links);

  // A client begins to listen: the line that it is answered with. The module wakes nobody for
  // a window, so that from here on the windows' counters are looked at once a second.
  std::string listen();

  // `what` became of a guest: "started", "ended"; `how`: a key and its text, or none.
  void tell(std::string_view what, const std::string& guest, unsigned boots,
            std::string_view key = {}, const std::string& how = {});

  // When it is readable, `look` has something to do.
  int fd() const { return timer_.get(); }
  void look();

 private:
  void look_at_windows(bool tell);

  ControlServer& control_;
  const SystemLinks& links_;
  Alarm timer_;
  bool looking_ = false;
  std::vector<WindowUse> seen_;  // by guest
};

}  // namespace hvk
