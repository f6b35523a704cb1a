// SPDX-License-Identifier: GPL-2.0-or-later
// The configuration of one guest, as the user asked for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/devices.h"
#include "config/file_source.h"

namespace hvk {

// In all file names an empty string means "not given".
struct Config {
  FileSource files;  // where kernel, initrd, dtb and firmware are read from
  std::string kernel;
  LoadOptions load;  // for the kernel; `raw` applies to the firmware too
  std::string initrd;
  std::string append;    // the kernel's command line
  std::string dtb;       // used in place of the generated device tree
  std::string dump_dtb;  // write the device tree to this file instead of starting the guest
  std::string firmware;  // placed in flash at IPA 0, where execution starts
  std::string vars;      // file that keeps the second flash bank, the firmware's variables
  std::string device = "/dev/hvk";
  unsigned cpus = 1;
  uint64_t memory = uint64_t{256} << 20;  // bytes
  std::string memory_text;                // `memory` as the user wrote it, for messages; or empty
  std::vector<DiskConfig> disks;
  std::vector<NetConfig> nets;
  std::vector<PortConfig> ports;
  std::vector<VhostUserConfig> vhost_users;
  std::vector<ShareConfig> shares;
  std::optional<uint32_t> vsock;  // the context ID of a virtio-vsock device
  bool balloon = false;           // a virtio-balloon device
  bool rng = true;                // a virtio-rng device
  bool reboot = true;             // restart the guest when it resets itself
  bool verbose = false;
};

}  // namespace hvk
