// SPDX-License-Identifier: GPL-2.0-or-later
// What one vCPU, or all vCPUs of a guest together, used of the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hvk {

// Names of the kinds of exits that the module counts, indexed by HVK_STAT_* (uapi/hvk.h).
inline constexpr std::array<const char*, 11> kExitKinds = {
    "irq",         "wfi",       "wfe",    "hvc",   "smc", "sysreg",
    "mmio-kernel", "mmio-user", "memory", "other", "fast"};

struct Usage {
  uint64_t cpu_ns = 0;    // CPU time of the vCPU threads
  uint64_t guest_ns = 0;  // time in guest mode; 0 if the hypervisor does not count it
  uint64_t aborts = 0;    // accesses to an IPA without a device, or that cannot be emulated
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
