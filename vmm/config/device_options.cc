// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/device_options.h"

#include <fmt/format.h>

#include "config/disk_option.h"
#include "config/net_option.h"
#include "config/port_option.h"
#include "config/vhost_user_option.h"
#include "config/vsock_option.h"

namespace hvk {

std::span<const DeviceOption> device_options() {
  static const std::vector<DeviceOption> kOptions = {disk_option(),  net_option(),
                                                     share_option(), vsock_option(),
                                                     port_option(),  vhost_user_option()};
  return kOptions;
}

std::string read_device(const DeviceOption& option, std::string_view text, Config& config) {
  std::string why;
  const auto parsed = parse_keyed(text, option.keys, why, option.repeatable, option.flags);
  return parsed ? option.read(*parsed, config) : why;
}

}  // namespace hvk
