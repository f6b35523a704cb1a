// SPDX-License-Identifier: GPL-2.0-or-later
// Telling systemd how far a service of Type=notify is (sd_notify(3)).
#pragma once

#include <string_view>

namespace hvk {

// Sends `state`, "READY=1" or "STOPPING=1", to the socket that $NOTIFY_SOCKET
// names; without one nothing happens. Never throws.
void notify_manager(std::string_view state) noexcept;

}  // namespace hvk
