// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/backends.h"

#include "net/open_net.h"

namespace hvk {

Backends::Backends(const Config& config) {
  for (const DiskConfig& disk : config.disks) {
    disks_.push_back(std::make_unique<DiskImage>(
        DiskImage::Options{disk.path, disk.read_only, disk.direct, disk.raw, disk.id}));
  }
  for (const NetConfig& net : config.nets) nets_.push_back(open_net(net));
}

}  // namespace hvk
