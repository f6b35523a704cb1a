// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/vhost_kind.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace hvk {
namespace {

constexpr uint64_t bits(std::initializer_list<unsigned> list) {
  uint64_t all = 0;
  for (const unsigned bit : list) all |= uint64_t{1} << bit;
  return all;
}

// Features that would need more of hvk-run are left out: a disk's cache mode that the driver sets
// (5.2.3 bit 11) and zones, a card's control queue, file systems' notifications. A card's address
// and its link are hvk-run's (5.1.3 bits 5 and 16).
constexpr std::array kKinds = {
    VhostKind{"fs", "virtio-fs", 26, 1, true, 1024, 0, 0, 0, true},
    VhostKind{"blk", "virtio-blk", 2, 0, true, 256, bits({1, 2, 4, 5, 6, 9, 10, 12, 13, 14}), 0, 60,
              false},
    VhostKind{"net", "virtio-net", 1, 2, false, 256, bits({0, 1, 7, 8, 9, 10, 11, 12, 13, 14, 15}),
              bits({5, 16}), 0, true},
    VhostKind{"scsi", "virtio-scsi", 8, 2, true, 256, bits({0, 1, 2, 3}), 0, 0, false},
    VhostKind{"rng", "virtio-rng", 4, 1, false, 64, 0, 0, 0, true},
    VhostKind{"vsock", "virtio-vsock", 19, 3, false, 128, bits({0, 1}), 0, 8, true},
    VhostKind{"i2c", "virtio-i2c", 34, 1, false, 64, bits({0}), 0, 0, false},
    VhostKind{"gpio", "virtio-gpio", 41, 2, false, 64, bits({0}), 0, 8, false},
    VhostKind{"sound", "virtio-sound", 25, 4, false, 64, 0, 0, 12, true},
};

}  // namespace

std::span<const VhostKind> vhost_kinds() { return kKinds; }

const VhostKind* find_vhost_kind(std::string_view type) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const VhostKind& kind) { return kind.type == type; });
  return found == kKinds.end() ? nullptr : &*found;
}

}  // namespace hvk
