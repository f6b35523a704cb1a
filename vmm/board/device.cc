// SPDX-License-Identifier: GPL-2.0-or-later
#include "board/device.h"

#include <fmt/format.h>

#include "base/log.h"

namespace hvk {

void Device::tell_ignored(uint64_t offset, bool is_write) {
  if (told_.exchange(true, std::memory_order_relaxed)) return;
  tell(fmt::format("{}: {} offset {:#x} {}; said once for this device", name(),
                   is_write ? "write to" : "read of", offset,
                   is_write ? "has no effect" : "gives zero"));
}

void Device::tell(const std::string& line) const {
  if (log_) {
    log_->say(line);
  } else {
    log(line);
  }
}

}  // namespace hvk
