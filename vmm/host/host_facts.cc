// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/host_facts.h"

#include <charconv>
#include <string_view>

#include "host/hostfiles.h"

namespace hvk {
namespace {

// CPU numbers are below this; a file with a larger number is not a list of CPUs.
constexpr unsigned kMaxHostCpus = 8192;

// Parses the number at the front of `text` and removes it there; nothing if there is none.
template <typename T>
std::optional<T> take(std::string_view& text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

// Parses a list of CPUs as the kernel writes it: "0-3,6".
std::optional<std::set<unsigned>> cpu_list(std::string_view text) {
  std::set<unsigned> cpus;
  while (!text.empty() && text != "\n") {
    const std::optional<unsigned> first = take<unsigned>(text);
    std::optional<unsigned> last = first;
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      last = take<unsigned>(text);
    }
    if (!first || !last || *last >= kMaxHostCpus) return std::nullopt;
    for (unsigned cpu = *first; cpu <= *last; ++cpu) cpus.insert(cpu);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  if (cpus.empty()) return std::nullopt;
  return cpus;
}

std::optional<HostFacts::Memory> read_memory(const std::filesystem::path& file) {
  const std::string text = slurp(file).value_or("");
  const auto ram = bytes_of(text, "MemTotal:"), swap = bytes_of(text, "SwapTotal:"),
             available = bytes_of(text, "MemAvailable:");
  if (!ram || !swap || !available || *ram > UINT64_MAX - *swap) return std::nullopt;
  return HostFacts::Memory{*ram, *swap, *available};
}

}  // namespace

HostFacts read_host_facts(const std::filesystem::path& root) {
  HostFacts facts;
  if (const auto list = slurp(root / "sys/devices/system/cpu/online")) {
    facts.online = cpu_list(*list);
  }
  if (const auto list = slurp(root / "sys/devices/system/cpu/isolated")) {
    facts.isolated = cpu_list(*list).value_or(std::set<unsigned>{});
  }
  facts.memory = read_memory(root / "proc/meminfo");
  facts.rt = RtLimits::read(root);
  return facts;
}

}  // namespace hvk
