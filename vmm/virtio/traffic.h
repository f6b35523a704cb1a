// SPDX-License-Identifier: GPL-2.0-or-later
// What a guest has read, written, sent and received, as far as hvk-run moves it.
#pragma once

#include <atomic>
#include <cstdint>

namespace hvk {

// In bytes, over all boots of the guest. Devices add to it in their workers; any thread reads it.
struct Traffic {
  std::atomic<uint64_t> disk_read = 0, disk_written = 0;
  std::atomic<uint64_t> net_received = 0, net_sent = 0;
};

}  // namespace hvk
