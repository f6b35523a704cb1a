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

std::vector<std::byte> scsi_config(unsigned queues) {
  // Limits as of the specification: a request's segments fit into a queue of 256 with its two
  // headers; sense and command have their usual sizes; targets and units have all numbers.
  struct {
    uint32_t queues, segments, sectors, commands, event_size, sense_size, command_size;
    uint16_t channel, target;
    uint32_t unit;
  } config = {queues, 254, 0xffff, 128, 16, 96, 32, 0, 255, 16383};
  return bytes_of(config);
}

std::vector<std::byte> net_config(const MacAddress& mac) {
  return bytes_of(NetConfigSpace{mac, kLinkUp, 1});
}

}  // namespace hvk
