// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/system_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/units.h"
#include "board/layout.h"
#include "config/grants.h"
#include "sysfile/window_load.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

// The part of the host's available memory that is left to hvk-run itself and to the hypervisor's
// tables.
constexpr uint64_t kReserve = 32 << 20;

class Rules {
 public:
  Rules(SystemConfig& system, SystemLines& lines, const HostFacts& host, Mistakes& mistakes)
      : system_(system), lines_(lines), host_(host), mistakes_(mistakes) {}

  void check() {
    names();
    sockets();
    host_cpus();
    sort_windows();
    windows();
    load();
    places();
    memory();
    fixed_regions();
    free_regions();
  }

 private:
  const std::string& name_of(size_t guest) const { return system_.guests[guest].name; }

  // Adds a mistake for each name that occurs earlier in `list` already. `line_of` returns the line
  // of an index.
  template <typename List, typename LineOf>
  void unique(const char* what, const List& list, LineOf line_of) {
    std::map<std::string_view, uint32_t> seen;
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].name.empty()) continue;
      const auto [first, fresh] = seen.emplace(list[i].name, line_of(i));
      if (fresh) continue;
      mistakes_.add(line_of(i), fmt::format("{} {} is line {}'s already, expected another name",
                                            what, in_quotes(list[i].name), first->second));
    }
  }

  void names() {
    unique("partition", system_.guests, [&](size_t i) { return lines_.guests[i].name; });
    unique("channel", system_.channels, [&](size_t i) { return lines_.channels[i]; });
    unique("shared region", system_.shared, [&](size_t i) { return lines_.shared[i].name; });
  }

  void sockets() {
    std::map<std::string_view, uint32_t> seen;
    for (size_t i = 0; i < system_.guests.size(); ++i) {
      const ConsoleConfig& console = system_.guests[i].console;
      if (console.kind != ConsoleConfig::Kind::kUnix) continue;
      const uint32_t line = lines_.guests[i].console;
      const auto [first, fresh] = seen.emplace(console.path, line);
      if (fresh) continue;
      mistakes_.add(line, fmt::format("socket {} is line {}'s console already, expected another",
                                      in_quotes(console.path), first->second));
    }
  }

  void online(unsigned cpu, uint32_t line) {
    if (!host_.online || host_.online->contains(cpu)) return;
    std::string list;
    for (const unsigned other : *host_.online) list += fmt::format(" {}", other);
    mistakes_.add(line, fmt::format("host CPU {} is not online, expected one of{}", cpu, list));
  }

  void host_cpus() {
    for (size_t i = 0; i < system_.guests.size(); ++i) {
      const GuestConfig& guest = system_.guests[i];
      const uint32_t line = lines_.guests[i].host_cpus;
      const std::set<unsigned> cpus(guest.host_cpus.begin(), guest.host_cpus.end());
      for (const unsigned cpu : cpus) online(cpu, line);
    }
  }

  void sort_windows() {
    std::vector<size_t> order(system_.windows.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const std::vector<WindowConfig> windows = system_.windows;
    const std::vector<uint32_t> lines = lines_.windows;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return std::tie(windows[a].cpu, windows[a].offset_ns) <
             std::tie(windows[b].cpu, windows[b].offset_ns);
    });
    for (size_t i = 0; i < order.size(); ++i) {
      system_.windows[i] = windows[order[i]];
      lines_.windows[i] = lines[order[i]];
    }
  }

  // Checks that each window has an online CPU, lies inside the frame, and overlaps none of the
  // windows before it. The windows are sorted.
  void windows() {
    // Among the windows of this CPU so far, the one that ends last.
    size_t last = 0;
    for (size_t i = 0; i < system_.windows.size(); ++i) {
      const WindowConfig& window = system_.windows[i];
      const uint32_t line = lines_.windows[i];
      online(window.cpu, line);
      if (system_.frame_ns && (window.offset_ns > *system_.frame_ns ||
                               window.length_ns > *system_.frame_ns - window.offset_ns)) {
        mistakes_.add(line, fmt::format("window from {} of {} is not inside the frame, expected "
                                        "its end by {}",
                                        write_time(window.offset_ns), write_time(window.length_ns),
                                        write_time(*system_.frame_ns)));
      }
      if (i == 0 || system_.windows[last].cpu != window.cpu) {
        last = i;
        continue;
      }
      const uint64_t end = end_of(system_.windows[last]);
      if (window.offset_ns < end) {
        mistakes_.add(line, fmt::format("window of {} overlaps that of {} on CPU {} (line {}), "
                                        "expected an offset of {} or more",
                                        in_quotes(name_of(window.guest)),
                                        in_quotes(name_of(system_.windows[last].guest)), window.cpu,
                                        lines_.windows[last], write_time(end)));
      }
      if (end_of(window) > end) last = i;
    }
  }

  static uint64_t end_of(const WindowConfig& window) {
    return window.length_ns > UINT64_MAX - window.offset_ns ? UINT64_MAX
                                                            : window.offset_ns + window.length_ns;
  }

  // Checks the CPUs' load. Real-time throttling stops the windows' threads whether or not another
  // thread wants the CPU, so that an overload is a mistake. Under the fair server it is a warning
  // (host_warnings), since time is lost only if another thread wants it.
  void load() {
    if (host_.rt.kind() != RtLimit::Kind::kThrottling) return;
    for (const Overload& over : overloads(system_, host_.rt)) {
      mistakes_.add(
          lines_.windows[over.last],
          fmt::format("{}, expected at most {:g} %: the kernel throttles real-time "
                      "threads, and windows would lose {}; leave gaps, or switch that "
                      "off with {}",
                      over.what, 100 * over.limit.share(), over.lost, host_.rt.remedy(over.cpu)));
    }
  }

  // Checks windows against host-cpus: each vCPU of a guest with windows must have
  // a CPU of its own and a window on it, and the guest no window elsewhere.
  void places() {
    std::vector<std::set<unsigned>> window_cpus(system_.guests.size());
    for (size_t i = 0; i < system_.windows.size(); ++i) {
      const WindowConfig& window = system_.windows[i];
      const std::vector<unsigned>& cpus = system_.guests[window.guest].host_cpus;
      window_cpus[window.guest].insert(window.cpu);
      if (!cpus.empty() && std::find(cpus.begin(), cpus.end(), window.cpu) == cpus.end()) {
        mistakes_.add(lines_.windows[i],
                      fmt::format("window of {} on CPU {}, expected one of its host-cpus (line {})",
                                  in_quotes(name_of(window.guest)), window.cpu,
                                  lines_.guests[window.guest].host_cpus));
      }
    }
    for (size_t i = 0; i < system_.guests.size(); ++i) {
      if (!window_cpus[i].empty()) placed(i, window_cpus[i]);
    }
  }

  // Checks the host-cpus of a guest that has windows, on `window_cpus`.
  void placed(size_t guest, const std::set<unsigned>& window_cpus) {
    const std::vector<unsigned>& cpus = system_.guests[guest].host_cpus;
    const uint32_t line = lines_.guests[guest].host_cpus;
    if (!lines_.guests[guest].pinned) {
      mistakes_.add(line, fmt::format("partition {} has windows and no host-cpus, expected "
                                      "host-cpus = [...] with the host's CPU for each vCPU",
                                      in_quotes(name_of(guest))));
    }
    std::set<unsigned> seen;
    for (const unsigned cpu : cpus) {
      if (!seen.insert(cpu).second) {
        mistakes_.add(line, fmt::format("two vCPUs of {} on CPU {}, expected a CPU for each: it "
                                        "has windows",
                                        in_quotes(name_of(guest)), cpu));
      } else if (lines_.all_windows && !window_cpus.contains(cpu)) {
        mistakes_.add(line, fmt::format("partition {} has a vCPU on CPU {} and no window there, "
                                        "expected one in [schedule]",
                                        in_quotes(name_of(guest)), cpu));
      }
    }
  }

  // Checks the guests' memory. A guest with more RAM than the host has RAM and swap would, once it
  // used that, make the host's kernel kill processes. Memory of guests with windows, shared regions
  // included, is locked in RAM from the start, so that its sum must be available.
  void memory() {
    if (!host_.memory) return;
    const uint64_t most = host_.memory->ram + host_.memory->swap;
    const uint64_t available = std::max(host_.memory->available, kReserve) - kReserve;
    uint64_t kept = 0;
    for (const SharedConfig& region : system_.shared) {
      if (std::any_of(region.access.begin(), region.access.end(),
                      [this](const auto& access) { return has_windows(system_, access.guest); })) {
        kept += region.size;
      }
    }
    for (size_t i = 0; i < system_.guests.size(); ++i) {
      const GuestConfig& guest = system_.guests[i];
      const uint64_t size = guest.config.memory;
      const std::string written = bare_size_note(guest.config.memory_text);
      if (size > most) {
        mistakes_.add(
            guest.memory_line,
            fmt::format("partition {} has memory of {}{}, expected at most {}: this host's "
                        "RAM and swap",
                        in_quotes(guest.name), format_size(size), written, format_size(most)));
        continue;
      }
      if (!has_windows(system_, i)) continue;
      const bool fitted = kept <= available;
      kept += size;
      if (!fitted || kept <= available) continue;
      mistakes_.add(
          guest.memory_line,
          fmt::format("partition {} has windows and memory of {}{}, which stays in RAM: {} with "
                      "all such before it, expected at most {}, which this host can spare",
                      in_quotes(guest.name), format_size(size), written, format_size(kept),
                      format_size(available)));
    }
  }

  static constexpr uint64_t kSharedEnd = layout::kShared.base + layout::kShared.size;

  static bool overlap(const SharedConfig& a, const SharedConfig& b) {
    return a.ipa < b.ipa + b.size && b.ipa < a.ipa + a.size;
  }

  void fixed_regions() {
    for (size_t i = 0; i < system_.shared.size(); ++i) {
      const SharedConfig& region = system_.shared[i];
      if (!lines_.shared[i].fixed || region.size == 0) continue;
      if (region.size > kSharedEnd - region.ipa) {
        mistakes_.add(lines_.shared[i].address,
                      fmt::format("region of {} at {:#x}, expected its end at {:#x} or below",
                                  format_size(region.size), region.ipa, kSharedEnd));
        continue;
      }
      for (size_t j = 0; j < i; ++j) {
        const SharedConfig& other = system_.shared[j];
        if (!overlap(region, other)) continue;
        mistakes_.add(lines_.shared[i].address,
                      fmt::format("region of {} at {:#x} overlaps {} (line {}), expected {:#x} or "
                                  "above; or leave address out",
                                  format_size(region.size), region.ipa, in_quotes(other.name),
                                  lines_.shared[j].address, other.ipa + other.size));
      }
    }
  }

  void free_regions() {
    for (const size_t i : place_shared(system_)) {
      SharedConfig& region = system_.shared[i];
      mistakes_.add(lines_.shared[i].address,
                    fmt::format("no room for a region of {}, expected all regions within {}",
                                format_size(region.size), format_size(layout::kShared.size)));
      region.size = 0;
    }
  }

  SystemConfig& system_;
  SystemLines& lines_;
  const HostFacts& host_;
  Mistakes& mistakes_;
};

}  // namespace

bool is_name(std::string_view name) {
  constexpr size_t kMaxName = 31;
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

void check_system(SystemConfig& system, SystemLines& lines, const HostFacts& host,
                  Mistakes& mistakes) {
  Rules(system, lines, host, mistakes).check();
}

}  // namespace hvk
