// SPDX-License-Identifier: GPL-2.0-or-later
// --disk FILE[,ro=on][,direct=on][,id=NAME][,format=raw]
#pragma once

#include "config/device_option.h"

namespace hvk {

DeviceOption disk_option();

}  // namespace hvk
