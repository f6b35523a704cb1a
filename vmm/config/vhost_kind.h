// SPDX-License-Identifier: GPL-2.0-or-later
// The kinds of devices that a vhost-user back end can serve, as data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hvk {

struct VhostKind {
  std::string_view type;  // as the user names it: "blk"
  std::string_view name;  // in messages: "virtio-blk"
  uint32_t id;            // virtio 1.2, section 5
  // The number of queues is `queues`, and those that the user asks for besides, where `more` says
  // that the device can have several.
  unsigned queues;
  bool more;
  uint16_t queue_size;  // in descriptors
  // The back end's features that are passed on.
  uint64_t features;
  uint64_t own_features;  // those that hvk-run adds
  // The size of the configuration that the back end gives, in bytes. Where that is 0, hvk-run knows
  // the configuration, or there is none.
  size_t config;
  // Whether requests that were lost may be made twice, or in another order.
  bool replays;
};

std::span<const VhostKind> vhost_kinds();

// Returns null if there is none of this type.
const VhostKind* find_vhost_kind(std::string_view type);

}  // namespace hvk
