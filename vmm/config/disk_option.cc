// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/disk_option.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mistakes.h"
#include "config/on_off.h"
#include "image/loaded.h"

namespace hvk {
namespace {

// The size of the field that the device tells its serial number in (virtio 1.2, 5.2.6).
constexpr size_t kMostId = 20;

std::string read_disk(const KeyedValue& parsed, Config& config) {
  DiskConfig disk;
  if (parsed.value.empty()) return "the file name is empty";
  disk.path = parsed.value;
  for (const auto& [key, set] : {std::pair{"ro", &disk.read_only}, {"direct", &disk.direct}}) {
    if (std::string why = read_on_off(parsed, key, *set); !why.empty()) return why;
  }
  if (const std::string* format = parsed.find("format")) {
    if (*format != kRawFormat) {
      return fmt::format("format={}: expected {}; qemu-img convert -O raw makes one of another",
                         *format, kRawFormat);
    }
    disk.raw = true;
  }
  if (const std::string* id = parsed.find("id")) {
    const bool printable =
        std::all_of(id->begin(), id->end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (id->empty() || id->size() > kMostId || !printable) {
      return fmt::format("id={}: expected 1 to {} printable characters", in_quotes(*id), kMostId);
    }
    disk.id = *id;
  }
  config.disks.push_back(std::move(disk));
  return {};
}

std::vector<std::string> write_disks(const Config& config) {
  std::vector<std::string> texts;
  for (const DiskConfig& disk : config.disks) {
    std::string text = keyed_text(disk.path);
    if (disk.read_only) text += ",ro=on";
    if (disk.direct) text += ",direct=on";
    if (disk.raw) text += fmt::format(",format={}", kRawFormat);
    if (!disk.id.empty()) text += ",id=" + keyed_text(disk.id);
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace

DeviceOption disk_option() {
  return {.name = "disk",
          .form = "FILE[,ro=on][,direct=on][,id=NAME][,format=raw]",
          .help =
              "a disk: a raw image or a block device. ro: read-only; direct: past the host's\n"
              "cache; id: its serial number; format=raw: whatever it looks like",
          .value = "file",
          .keys = {"ro", "direct", "id", "format"},
          .repeatable = {},
          .flags = {},
          .paths = {"file"},
          .read = read_disk,
          .write = write_disks};
}

}  // namespace hvk
