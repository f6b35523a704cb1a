// SPDX-License-Identifier: GPL-2.0-or-later
// What one guest is to be, as its user asked for it.
#pragma once

#include <cstdint>
#include <string>

#include "config/file_source.h"

namespace hvk {

// An empty file name means "not given".
struct Config {
  FileSource files;  // where kernel, initrd, dtb and firmware are
  std::string kernel;
  LoadOptions load;  // of the kernel; `raw` of firmware too
  std::string initrd;
  std::string append;    // the kernel's command line
  std::string dtb;       // used in place of the generated device tree
  std::string dump_dtb;  // written there instead of starting the guest
  std::string firmware;  // in flash at IPA 0, and started there
  std::string vars;      // where the second bank of flash is kept, the firmware's variables
  std::string device = "/dev/hvk";
  unsigned cpus = 1;
  uint64_t memory = uint64_t{256} << 20;  // bytes
  std::string memory_text;                // as the person wrote it, for messages; or empty
  bool reboot = true;                     // restart the guest on its reset
  bool verbose = false;
};

}  // namespace hvk
