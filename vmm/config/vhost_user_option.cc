// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/vhost_user_option.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mistakes.h"
#include "config/console_spec.h"
#include "config/mac.h"
#include "config/number.h"
#include "config/on_off.h"
#include "config/vhost_kind.h"

namespace hvk {
namespace {

constexpr unsigned kMostQueues = 16;
// The size of the field that the device tells its tag in (virtio 1.2, 5.11.4).
constexpr size_t kMostTag = 36;

std::vector<std::string_view> types() {
  std::vector<std::string_view> all;
  for (const VhostKind& kind : vhost_kinds()) all.push_back(kind.type);
  return all;
}

// Reads a tag. Says what is wrong, or returns an empty string.
std::string read_tag(const KeyedValue& parsed, std::string& tag) {
  const std::string* text = parsed.find("tag");
  const bool good = text && !text->empty() && text->size() <= kMostTag &&
                    std::none_of(text->begin(), text->end(), [](char c) {
                      return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
                    });
  if (!good) {
    return fmt::format("tag=TAG is needed, the name that the guest mounts it by: 1 to {} bytes",
                       kMostTag);
  }
  tag = *text;
  return {};
}

// The keys that not every type has.
std::string read_special(const KeyedValue& parsed, const VhostKind& kind, VhostUserConfig& device) {
  const bool is_fs = kind.type == "fs", is_net = kind.type == "net";
  const struct {
    const char* key;
    bool has;
    const char* of;
  } kKeys[] = {{"tag", is_fs, "fs"},
               {"mac", is_net, "net"},
               {"queues", kind.more, "devices that can have several queues"}};
  for (const auto& [key, has, of] : kKeys) {
    if (!has && parsed.find(key)) {
      return fmt::format("{} is not of {}, but of {}", key, kind.type, of);
    }
  }
  if (is_fs) {
    if (std::string why = read_tag(parsed, device.tag); !why.empty()) return why;
  }
  if (std::string why = read_mac(parsed, device.mac); !why.empty()) return why;
  if (const std::string* text = parsed.find("queues")) {
    device.queues = parse_number<unsigned>(*text).value_or(0);
    if (device.queues < 1 || device.queues > kMostQueues) {
      return fmt::format("queues={}: expected 1 to {}", in_quotes(*text), kMostQueues);
    }
  }
  return {};
}

std::string read_vhost_user(const KeyedValue& parsed, Config& config) {
  const VhostKind* kind = find_vhost_kind(parsed.value);
  if (!kind) {
    return fmt::format("{} is no type of device that a back end can serve, expected {}{}",
                       in_quotes(parsed.value), fmt::join(types(), ", "),
                       did_you_mean(parsed.value, types()));
  }
  VhostUserConfig device;
  device.type = kind->type;
  const std::string* path = parsed.find("socket");
  if (!path || !is_socket_path(*path)) {
    return "socket=PATH is needed, a Unix socket of at most 107 characters, at which the back end "
           "listens";
  }
  device.path = *path;
  if (std::string why = read_special(parsed, *kind, device); !why.empty()) return why;
  config.vhost_users.push_back(std::move(device));
  return {};
}

std::vector<std::string> write_vhost_users(const Config& config) {
  std::vector<std::string> texts;
  for (const VhostUserConfig& device : config.vhost_users) {
    std::string text = device.type + ",socket=" + keyed_text(device.path);
    if (device.queues != 1) text += fmt::format(",queues={}", device.queues);
    if (!device.tag.empty()) text += ",tag=" + keyed_text(device.tag);
    if (device.mac) text += ",mac=" + write_mac(*device.mac);
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string read_share(const KeyedValue& parsed, Config& config) {
  ShareConfig share;
  if (parsed.value.empty()) return "the folder's name is empty";
  share.folder = parsed.value;
  if (std::string why = read_tag(parsed, share.tag); !why.empty()) return why;
  if (std::string why = read_on_off(parsed, "ro", share.read_only); !why.empty()) return why;
  config.shares.push_back(std::move(share));
  return {};
}

std::vector<std::string> write_shares(const Config& config) {
  std::vector<std::string> texts;
  for (const ShareConfig& share : config.shares) {
    texts.push_back(fmt::format("{},tag={}{}", keyed_text(share.folder), keyed_text(share.tag),
                                share.read_only ? ",ro=on" : ""));
  }
  return texts;
}

}  // namespace

DeviceOption vhost_user_option() {
  return {.name = "vhost-user",
          .form = "TYPE,socket=PATH[,key=value]...",
          .help =
              "a device that another program serves, which listens at PATH: fs,tag=TAG by\n"
              "virtiofsd, blk by qemu-storage-daemon, net[,mac=MAC], scsi, rng, vsock, i2c, gpio,\n"
              "sound. queues=N: of fs, blk and scsi",
          .value = "type",
          .keys = {"socket", "queues", "tag", "mac"},
          .repeatable = {},
          .flags = {},
          .paths = {"socket"},
          .read = read_vhost_user,
          .write = write_vhost_users};
}

DeviceOption share_option() {
  return {.name = "share",
          .form = "DIR,tag=TAG[,ro=on]",
          .help =
              "a folder of the host, by virtiofsd, which is started; the guest mounts it with\n"
              "'mount -t virtiofs TAG DIR'",
          .value = "folder",
          .keys = {"tag", "ro"},
          .repeatable = {},
          .flags = {},
          .paths = {"folder"},
          .read = read_share,
          .write = write_shares};
}

}  // namespace hvk
