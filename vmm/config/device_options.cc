// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/device_options.h"

#include <fmt/format.h>

#include "config/disk_option.h"
#include "config/net_option.h"

namespace hvk {

std::span<const DeviceOption> device_options() {
  static const std::vector<DeviceOption> kOptions = {disk_option(), net_option()};
  return kOptions;
}

std::string read_device(const DeviceOption& option, std::string_view text, Config& config) {
  std::string why;
  const auto parsed = parse_keyed(text, option.keys, why, option.repeatable);
  return parsed ? option.read(*parsed, config) : why;
}

}  // namespace hvk
