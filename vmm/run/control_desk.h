// SPDX-License-Identifier: GPL-2.0-or-later
// Connects the control socket with a session: carries out the clients' commands on the guests, and
// publishes the guests' events.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "control/control_server.h"
#include "control/event_feed.h"
#include "partition/links.h"
#include "run/guest.h"

namespace hvk {

class ControlDesk {
 public:
  // Serves the control socket `path` in `loop`, for `guests`, whose observer this object becomes.
  // `quit` is called for the command "quit" and has to end the session. `loop`, `links` and
  // `guests` must outlive this object. Throws SetupError.
  ControlDesk(EventLoop& loop, const std::string& path, const SystemLinks& links,
              const Guests& guests, std::function<void()> quit);

 private:
  ControlReply obey(std::string_view line);
  void observe(const Guest& guest, GuestEvent event);

  const SystemLinks& links_;
  const Guests& guests_;
  const std::function<void()> quit_;
  ControlServer server_;
  EventFeed feed_;
  Watch feeding_;
};

}  // namespace hvk
