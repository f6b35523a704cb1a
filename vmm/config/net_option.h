// SPDX-License-Identifier: GPL-2.0-or-later
// --net user[,hostfwd=...]..., --net tap,ifname=NAME, --net socket,path=PATH
#pragma once

#include <optional>
#include <string_view>

#include "config/device_option.h"

namespace hvk {

DeviceOption net_option();

// Parses QEMU's form of a forwarded port: (tcp|udp):[ADDRESS]:PORT-[ADDRESS]:PORT.
std::optional<PortForward> parse_forward(std::string_view text);

}  // namespace hvk
