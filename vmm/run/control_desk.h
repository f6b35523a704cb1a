// SPDX-License-Identifier: GPL-2.0-or-later
// What the control socket has to do with a session: commands for its guests, and what becomes of
// them, told.
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
  // Serves the socket `path` in `loop`, for `guests`. `quit` ends the session. All of them must
  // outlive it. Throws SetupError.
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
