// SPDX-License-Identifier: GPL-2.0-or-later
// Opens what --net names.
#pragma once

#include <memory>

#include "config/devices.h"
#include "net/net_backend.h"

namespace hvk {

// Throws SetupError.
std::unique_ptr<NetBackend> open_net(const NetConfig& config);

}  // namespace hvk
