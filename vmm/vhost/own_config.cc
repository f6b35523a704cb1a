// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/own_config.h"

#include <cstdint>
#include <cstring>
#include <span>

#include "net/virtio_net_abi.h"

namespace hvk {
namespace {

template <typename T>
std::vector<std::byte> bytes_of(const T& config) {
  const auto bytes = std::as_bytes(std::span(&config, 1));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::vector<std::byte> fs_config(const std::string& tag, unsigned queues) {
  struct {
    char tag[36];
    uint32_t queues;
  } config = {{}, queues};
  std::memcpy(config.tag, tag.data(), std::min(tag.size(), sizeof(config.tag)));
  return bytes_of(config);
}

std::vector<std::byte> net_config(const MacAddress& mac) {
  return bytes_of(NetConfigSpace{mac, kLinkUp, 1});
}

}  // namespace hvk
