// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/device_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/keyed_value.h"
#include "config/device_options.h"

namespace hvk {
namespace {

// More devices than a guest has virtio slots.
constexpr size_t kMostDevices = 32;

bool is_one_of(std::string_view name, const std::vector<std::string_view>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class DeviceReader {
 public:
  DeviceReader(const DeviceOption& option, const std::filesystem::path& folder, Mistakes& mistakes,
               Config& config)
      : option_(option), folder_(folder), mistakes_(mistakes), config_(config) {}

  void read(const toml::node& node) {
    const auto parsed = node.is_table() ? of_table(*node.as_table()) : of_text(node);
    if (!parsed) return;
    if (std::string why = option_.read(resolved(*parsed), config_); !why.empty()) {
      mistake(node, std::move(why));
    }
  }

 private:
  void mistake(const toml::node& node, const std::string& why) {
    mistakes_.add(node.source().begin.line, fmt::format("{}: {}", option_.name, why));
  }

  std::optional<KeyedValue> of_text(const toml::node& node) {
    const auto* text = node.as_string();
    std::string why =
        text ? "" : fmt::format("{}, expected \"{}\" or a table", type_name(node), option_.form);
    auto parsed =
        text ? parse_keyed(text->get(), option_.keys, why, option_.repeatable, option_.flags)
             : std::nullopt;
    if (!parsed) mistake(node, why);
    return parsed;
  }

  std::optional<KeyedValue> of_table(const toml::table& table) {
    KeyedValue parsed;
    bool good = true;
    for (const auto& [key, value] : table) {
      const std::string name(key.str());
      if (name != option_.value && !is_one_of(name, option_.keys)) {
        std::vector<std::string_view> known = option_.keys;
        known.push_back(option_.value);
        mistake(value, fmt::format("unknown key {}, expected {}{}", in_quotes(name),
                                   fmt::join(known, " or "), did_you_mean(name, known)));
        good = false;
        continue;
      }
      const auto* list = value.as_array();
      const bool several = list && is_one_of(name, option_.repeatable);
      for (size_t i = 0; i < (several ? list->size() : 1); ++i) {
        good = add(parsed, name, several ? *list->get(i) : value) && good;
      }
    }
    return good ? std::optional(parsed) : std::nullopt;
  }

  // Adds a key's value as the text that an option would have. Returns whether it can be one.
  bool add(KeyedValue& parsed, const std::string& name, const toml::node& node) {
    std::string text;
    if (const auto* string = node.as_string()) {
      text = string->get();
    } else if (const auto* boolean = node.as_boolean()) {
      text = boolean->get() ? "on" : "off";
    } else if (const auto* integer = node.as_integer()) {
      text = std::to_string(integer->get());
    } else {
      mistake(node, fmt::format("{} is {}, expected a string", name, type_name(node)));
      return false;
    }
    if (name == option_.value) {
      parsed.value = std::move(text);
    } else {
      parsed.keys.push_back({name, std::move(text)});
    }
    return true;
  }

  // `parsed` with its paths as they are from the folder of the process.
  KeyedValue resolved(KeyedValue parsed) const {
    const auto resolve = [&](std::string_view name, std::string& path) {
      if (path.empty() || !is_one_of(name, option_.paths)) return;
      path = (folder_ / path).lexically_normal().string();
    };
    resolve(option_.value, parsed.value);
    for (KeyedValue::Key& key : parsed.keys) resolve(key.name, key.value);
    return parsed;
  }

  const DeviceOption& option_;
  const std::filesystem::path& folder_;
  Mistakes& mistakes_;
  Config& config_;
};

}  // namespace

void read_devices(TableReader& reader, const std::filesystem::path& folder, Mistakes& mistakes,
                  Config& config) {
  for (const DeviceOption& option : device_options()) {
    const toml::node* node = reader.any(option.name);
    if (!node) continue;
    DeviceReader devices(option, folder, mistakes, config);
    const auto* list = node->as_array();
    const size_t count = list ? std::min(list->size(), kMostDevices) : 1;
    for (size_t i = 0; i < count; ++i) devices.read(list ? *list->get(i) : *node);
    if (list && list->size() > count) {
      reader.mistake(option.name,
                     fmt::format("{} devices, expected at most {}", list->size(), kMostDevices));
    }
  }
}

}  // namespace hvk
