// SPDX-License-Identifier: GPL-2.0-or-later
// Disk images of formats that are not raw, recognised by their content.
#pragma once

#include <cstdint>

namespace hvk {

struct ForeignDisk {
  const char* what;     // "a qcow2 image"
  bool packed = false;  // the disk is inside of it, and has to be unpacked
};

// What the file `fd` of `size` bytes is, if it is not raw, or null. A file that cannot be read
// counts as raw. Any thread.
const ForeignDisk* find_foreign_disk(int fd, uint64_t size);

}  // namespace hvk
