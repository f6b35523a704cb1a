// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/vsock_option.h"

#include <fmt/format.h>

#include "config/number.h"

namespace hvk {
namespace {

// 0 to 2 are the hypervisor's, the loopback's and the host's; the last one stands for all.
constexpr uint32_t kFirstCid = 3, kLastCid = UINT32_MAX - 1;

std::string read_vsock(const KeyedValue& parsed, Config& config) {
  const uint32_t cid = parse_number<uint32_t>(parsed.value).value_or(0);
  if (cid < kFirstCid || cid > kLastCid) {
    return fmt::format("expected the guest's context ID, {} to {}", kFirstCid, kLastCid);
  }
  if (config.vsock) return "a guest has one vsock device at most";
  config.vsock = cid;
  return {};
}

std::vector<std::string> write_vsock(const Config& config) {
  if (!config.vsock) return {};
  return {std::to_string(*config.vsock)};
}

}  // namespace

DeviceOption vsock_option() {
  return {.name = "vsock",
          .form = "CID",
          .help =
              "sockets between guest and host (AF_VSOCK), by the kernel's vhost-vsock: the guest\n"
              "is CID, from 3 on, the host is 2",
          .value = "cid",
          .keys = {},
          .repeatable = {},
          .flags = {},
          .paths = {},
          .read = read_vsock,
          .write = write_vsock};
}

}  // namespace hvk
