// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/memlock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>

#include "base/fd.h"
#include "host/hostfiles.h"

namespace hvk {

std::optional<uint64_t> pinned_bytes() {
  static const Fd status(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
  std::array<char, 8192> text;
  const ssize_t n = ::pread(status.get(), text.data(), text.size(), 0);
  return n < 0 ? std::nullopt : bytes_of({text.data(), static_cast<size_t>(n)}, "VmPin:");
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
