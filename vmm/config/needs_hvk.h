// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the parts of a system that KVM cannot provide.
#pragma once

#include <string>

#include "base/mistakes.h"
#include "config/system_config.h"

namespace hvk {

// Adds a mistake for each part of `system` that needs hvk's own ioctls: the schedule and each
// event channel. For use when `device`, which the messages name, does not have these ioctls.
void check_without_hvk(const SystemConfig& system, const std::string& device, Mistakes& mistakes);

}  // namespace hvk
