// SPDX-License-Identifier: GPL-2.0-or-later
// Guest memory that the host pins, because its kernel has no MMU notifiers: it counts
// against RLIMIT_MEMLOCK as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hvk {

// What of this process is pinned now (VmPin), or nothing if the kernel does not say.
std::optional<uint64_t> pinned_bytes();

// Whether `wanted` bytes more do not fit, with `pinned` there already, and what to do then.
// `limit` is RLIMIT_MEMLOCK, in bytes, or RLIM_INFINITY.
std::optional<std::string> memlock_remedy(uint64_t wanted, uint64_t pinned, uint64_t limit);

}  // namespace hvk
