// SPDX-License-Identifier: GPL-2.0-or-later
// --vhost-user TYPE,socket=PATH and --share DIR,tag=TAG
#pragma once

#include "config/device_option.h"

namespace hvk {

DeviceOption vhost_user_option();
DeviceOption share_option();

}  // namespace hvk
