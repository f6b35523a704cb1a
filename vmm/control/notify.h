// SPDX-License-Identifier: GPL-2.0-or-later
// Notifies systemd of the state of a service with Type=notify (sd_notify(3)).
#pragma once

#include <string_view>

namespace hvk {

// Sends `state`, "READY=1" or "STOPPING=1", to the socket that $NOTIFY_SOCKET
// names. Does nothing if that is not set. Errors are ignored.
void notify_manager(std::string_view state) noexcept;

}  // namespace hvk
