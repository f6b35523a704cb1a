// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/host_warnings.h"

#include <fmt/format.h>

#include <set>

#include "host/host_facts.h"
#include "host/hostfiles.h"
#include "sysfile/window_load.h"

namespace hvk {
namespace {

// Returns the CPUs as a list for isolcpus=: "1" or "1,2".
std::string list_of(const std::set<unsigned>& cpus) {
  std::string list;
  for (const unsigned cpu : cpus) list += fmt::format("{}{}", list.empty() ? "" : ",", cpu);
  return list;
}

}  // namespace

std::vector<std::string> host_warnings(const SystemConfig& system,
                                       const std::filesystem::path& root) {
  const HostFacts host = read_host_facts(root);
  std::set<unsigned> shared, slow;
  for (const WindowConfig& window : system.windows) {
    if (!host.isolated.contains(window.cpu)) shared.insert(window.cpu);
    const auto governor = slurp(root / fmt::format("sys/devices/system/cpu/cpu{}/cpufreq/"
                                                   "scaling_governor",
                                                   window.cpu));
    if (governor && !governor->starts_with("performance")) slow.insert(window.cpu);
  }
  std::vector<std::string> warnings;
  if (!shared.empty()) {
    warnings.push_back(
        fmt::format("warning: CPU {} has windows, and the host's other tasks as well; boot the "
                    "host with isolcpus={}",
                    list_of(shared), list_of(shared)));
  }
  if (!slow.empty()) {
    warnings.push_back(fmt::format(
        "warning: CPU {} has windows and changes its clock; 'cpupower -c {} frequency-set -g "
        "performance' keeps it",
        list_of(slow), list_of(slow)));
  }
  if (host.rt.kind() == RtLimit::Kind::kFairServer) {
    for (const Overload& over : overloads(system, host.rt)) {
      warnings.push_back(fmt::format(
          "warning: {}: the kernel's fair server gives {:g} % of it to other threads that "
          "want it, and windows may lose {}; leave gaps, or switch it off there with {}",
          over.what, 100 * (1 - over.limit.share()), over.lost, host.rt.remedy(over.cpu)));
    }
  }
  return warnings;
}

}  // namespace hvk
