// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/needs_hvk.h"

#include <fmt/format.h>

namespace hvk {

void check_without_hvk(const SystemConfig& system, const std::string& device, Mistakes& mistakes) {
  const auto add = [&](uint32_t line, const std::string& what, const char* lacks) {
    mistakes.add(line, fmt::format("{}: {} has no {}; take the system to /dev/hvk, or leave it out",
                                   what, device, lacks));
  };
  if (system.frame_ns) add(system.schedule_line, "[schedule]", "windows of time");
  for (const ChannelConfig& channel : system.channels) {
    add(channel.line, fmt::format("channel '{}'", channel.name), "event channels");
  }
}

}  // namespace hvk
