// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/memlock.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>

#include "vmm/hostfiles.h"

namespace hvk {

std::optional<uint64_t> pinned_bytes() {
  const std::string status = slurp("/proc/self/status").value_or("");
  for (std::string_view line : lines_of(status)) {
    constexpr std::string_view kField = "VmPin:";
    if (!line.starts_with(kField)) continue;
    line.remove_prefix(std::min(line.size(), line.find_first_of("0123456789")));
    uint64_t kib = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), kib).ec != std::errc()) break;
    return kib << 10;
  }
  return std::nullopt;
}

std::optional<std::string> memlock_remedy(uint64_t wanted, uint64_t pinned, uint64_t limit) {
  if (limit == RLIM_INFINITY || (pinned <= limit && wanted <= limit - pinned)) return std::nullopt;
  return fmt::format(
      "this host's kernel has no MMU notifiers, so that guest memory is pinned and counts against "
      "RLIMIT_MEMLOCK, which is {} KiB: run as root, or raise it above {} KiB (ulimit -l, memlock "
      "in /etc/security/limits.conf, LimitMEMLOCK= of a service)",
      limit >> 10, (pinned + wanted) >> 10);
}

}  // namespace hvk
