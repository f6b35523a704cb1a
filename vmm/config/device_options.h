// SPDX-License-Identifier: GPL-2.0-or-later
// The options that list a guest's devices: --disk and others. The command line and a system's file
// read them by the same table, from VALUE[,key=value]...
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/device_option.h"

namespace hvk {

std::span<const DeviceOption> device_options();

// Reads `text` as `option` and adds the device to `config`. Says what is wrong, or returns an empty
// string.
std::string read_device(const DeviceOption& option, std::string_view text, Config& config);

}  // namespace hvk
