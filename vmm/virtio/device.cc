// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/device.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace hvk {

nlohmann::json VirtioDevice::save() const { return nlohmann::json::object(); }

void VirtioDevice::restore(const nlohmann::json& state) {
  if (state != nlohmann::json::object()) {
    throw SetupError("state of " + std::string(name()), "this device has none of its own");
  }
}

void copy_config(std::span<const std::byte> config, uint64_t offset, std::span<std::byte> to) {
  if (offset >= config.size()) return;
  const auto from = config.subspan(offset);
  std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
}

}  // namespace hvk
