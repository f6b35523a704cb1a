// SPDX-License-Identifier: GPL-2.0-or-later
// What the devices of a guest stand on outside of it: open images, networks.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "config/config.h"
#include "disk/disk_image.h"
#include "net/net_backend.h"

namespace hvk {

// Made once, when a guest is created, and used by each of its machines in turn: no path is opened
// again when the guest restarts, and a lock on an image is never released in between.
class Backends {
 public:
  // Opens what `config` lists. Throws SetupError.
  explicit Backends(const Config& config);

  // The image of the disk, and the network, of this number, in the order of the configuration.
  const DiskImage& disk(size_t number) const { return *disks_[number]; }
  NetBackend& net(size_t number) { return *nets_[number]; }

 private:
  std::vector<std::unique_ptr<DiskImage>> disks_;
  std::vector<std::unique_ptr<NetBackend>> nets_;
};

}  // namespace hvk
