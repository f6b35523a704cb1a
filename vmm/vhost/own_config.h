// SPDX-License-Identifier: GPL-2.0-or-later
// The configurations of devices whose back ends have none.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/devices.h"

namespace hvk {

// A file system's (virtio 1.2, 5.11.4): its tag of at most 36 bytes, and how many queues there are
// for requests.
std::vector<std::byte> fs_config(const std::string& tag, unsigned queues);

// A SCSI host's (5.6.4), with so many queues for requests.
std::vector<std::byte> scsi_config(unsigned queues);

// A network card's (5.1.4), whose link is up.
std::vector<std::byte> net_config(const MacAddress& mac);

}  // namespace hvk
