// SPDX-License-Identifier: GPL-2.0-or-later
// Guest memory that the host pins, because its kernel has no MMU notifiers: it counts
// against RLIMIT_MEMLOCK as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hvk {

// How many bytes of this process are pinned now (VmPin), or nothing if the kernel does not say.
std::optional<uint64_t> pinned_bytes();

// What to do if `wanted` bytes more exceed `limit`, with `pinned` bytes there already; nothing if
// they fit. `limit` is RLIMIT_MEMLOCK, in bytes, or RLIM_INFINITY.
std::optional<std::string> memlock_remedy(uint64_t wanted, uint64_t pinned, uint64_t limit);

}  // namespace hvk
