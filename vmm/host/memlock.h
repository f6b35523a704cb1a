// SPDX-License-Identifier: GPL-2.0-or-later
// Guest memory against RLIMIT_MEMLOCK: on a host whose kernel has no MMU notifiers all of it is
// pinned, and all of it counts against that limit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hvk {

// Returns how many bytes of this process are pinned now (VmPin in /proc/self/status), or nothing if
// the kernel does not say. The first call opens that file, which stays open.
std::optional<uint64_t> pinned_bytes();

// Returns a remedy, in words, if `wanted` bytes beside the `pinned` ones exceed `limit`; nothing if
// they fit. `limit` is RLIMIT_MEMLOCK in bytes, or RLIM_INFINITY.
std::optional<std::string> memlock_remedy(uint64_t wanted, uint64_t pinned, uint64_t limit);

}  // namespace hvk
