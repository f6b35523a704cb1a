// SPDX-License-Identifier: GPL-2.0-or-later
// An option that lists devices of a guest, as data: what it is called, what it reads and writes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/keyed_value.h"
#include "config/config.h"

namespace hvk {

// It may be given several times, and each time adds a device.
struct DeviceOption {
  const char* name;   // "disk": --disk, and the key `disk` of a partition
  const char* form;   // "FILE[,key=value]..." for --help
  const char* help;   // for --help
  const char* value;  // what a table in a system's file calls VALUE: "file"
  std::vector<std::string_view> keys;
  std::vector<std::string_view> repeatable;  // those of `keys` that may come several times
  std::vector<std::string_view> flags;       // those that may stand alone, for KEY=on
  // Those whose content is a path, which a system's file means relative to its own folder; `value`
  // stands for VALUE.
  std::vector<std::string_view> paths;
  // Adds the device that `parsed` describes to `config`. Says what is wrong, or returns an empty
  // string.
  std::string (*read)(const KeyedValue& parsed, Config& config);
  // The devices of `config`, each as a text that is read as the same device.
  std::vector<std::string> (*write)(const Config& config);
};

}  // namespace hvk
