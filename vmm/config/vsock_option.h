// SPDX-License-Identifier: GPL-2.0-or-later
// --vsock CID
#pragma once

#include "config/device_option.h"

namespace hvk {

DeviceOption vsock_option();

}  // namespace hvk
