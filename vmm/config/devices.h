// SPDX-License-Identifier: GPL-2.0-or-later
// The devices on virtio that the user listed for a guest, as data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hvk {

// --disk
struct DiskConfig {
  std::string path;  // an image or a block device
  bool read_only = false;
  bool direct = false;  // the host's page cache is not used
  bool raw = false;     // the content is the disk's, whatever it looks like
  std::string id;       // what the guest is told as the serial number, at most 20 bytes
};

using MacAddress = std::array<uint8_t, 6>;

// A port of the host that leads to one of the guest.
struct PortForward {
  bool udp = false;
  std::string host;  // address on the host, dotted; empty: all
  uint16_t host_port = 0;
  std::string guest;  // address of the guest, dotted; empty: the first that is given out
  uint16_t guest_port = 0;
};

// --net
struct NetConfig {
  enum class Kind { kUser, kTap, kSocket };
  Kind kind = Kind::kUser;
  std::optional<MacAddress> mac;      // nothing: made from the guest's name and the slot
  std::vector<PortForward> forwards;  // kUser
  bool restricted = false;            // kUser: the guest reaches nothing but the forwards
  std::string ifname;                 // kTap: the interface
  bool vhost = false;                 // kTap: by the kernel's vhost-net
  unsigned queues = 1;                // kTap: pairs of queues
  std::string path;                   // kSocket: a Unix socket
};

// --port
struct PortConfig {
  enum class Kind { kUnix, kFile, kPty };
  Kind kind = Kind::kUnix;
  std::string name;
  std::string path;  // of kUnix and kFile
};

// --vhost-user
struct VhostUserConfig {
  std::string type;               // of those in config/vhost_kind.h
  std::string path;               // the Unix socket at which the back end listens
  unsigned queues = 1;            // besides those that every device of the type has
  std::string tag;                // of fs: the name that the guest mounts it by
  std::optional<MacAddress> mac;  // of net; nothing: made from the guest's name and the slot
};

// --share
struct ShareConfig {
  std::string folder;
  std::string tag;  // the name that the guest mounts it by
  bool read_only = false;
};

}  // namespace hvk
