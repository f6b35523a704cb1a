// SPDX-License-Identifier: GPL-2.0-or-later
// Keys of an option whose value is on or off.
#pragma once

#include <string>
#include <string_view>

#include "base/keyed_value.h"

namespace hvk {

// Sets `set` if `parsed` has the key. Says what is wrong with its value, or returns an empty
// string.
inline std::string read_on_off(const KeyedValue& parsed, std::string_view key, bool& set) {
  const std::string* text = parsed.find(key);
  if (!text) return {};
  if (*text != "on" && *text != "off") {
    return std::string(key) + "=" + *text + ": expected on or off";
  }
  set = *text == "on";
  return {};
}

}  // namespace hvk
