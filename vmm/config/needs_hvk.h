// SPDX-License-Identifier: GPL-2.0-or-later
// What of a system KVM cannot do.
#pragma once

#include <string>

#include "base/mistakes.h"
#include "config/system_config.h"

namespace hvk {

// Adds a mistake for each part of `system` that needs hvk's own calls, which `device` has not.
void check_without_hvk(const SystemConfig& system, const std::string& device, Mistakes& mistakes);

}  // namespace hvk
