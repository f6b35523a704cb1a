// SPDX-License-Identifier: GPL-2.0-or-later
// --port NAME,unix=PATH|file=PATH|pty
#pragma once

#include "config/device_option.h"

namespace hvk {

DeviceOption port_option();

}  // namespace hvk
