// SPDX-License-Identifier: GPL-2.0-or-later
// What a vCPU, or all those of a guest, used of the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hvk {

// The module's kinds of exits, in the order of HVK_STAT_* (uapi/hvk.h).
inline constexpr std::array<const char*, 10> kExitKinds = {
    "irq", "wfi", "wfe", "hvc", "smc", "sysreg", "mmio-kernel", "mmio-user", "memory", "other"};

struct Usage {
  uint64_t cpu_ns = 0;    // of the threads
  uint64_t guest_ns = 0;  // in guest mode; 0 if the device does not tell
  uint64_t aborts = 0;    // accesses to nobody's address, and what cannot be emulated
  std::array<uint64_t, kExitKinds.size()> exits{};

  Usage& operator+=(const Usage& other) {
    cpu_ns += other.cpu_ns;
    guest_ns += other.guest_ns;
    aborts += other.aborts;
    for (size_t kind = 0; kind < exits.size(); ++kind) exits[kind] += other.exits[kind];
    return *this;
  }
};

}  // namespace hvk
