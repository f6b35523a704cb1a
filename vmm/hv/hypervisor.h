// SPDX-License-Identifier: GPL-2.0-or-later
// The hypervisor's own file, /dev/hvk or /dev/kvm: opening it, and what it can do.
#pragma once

#include <string>

#include "base/fd.h"

namespace hvk {

// Opens `device`. Throws SetupError, with what to do, if it cannot be.
Fd open_hypervisor(const std::string& device);

// Throws SetupError if what was opened as `device` does not speak the KVM ABI.
void check_kvm_abi(const Fd& hypervisor, const std::string& device);

// Whether it has hvk's own calls, and so hypercalls, event channels and windows of time.
bool has_hvk_calls(const Fd& hypervisor);

// The same of a `device` that need not be there or may be closed to this user: then its name
// tells. Throws SetupError for one that is there and does not speak the KVM ABI.
bool would_have_hvk_calls(const std::string& device);

// What to do about a `device` whose opening failed with `error`.
std::string open_remedy(const std::string& device, int error);

}  // namespace hvk
