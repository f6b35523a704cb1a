// SPDX-License-Identifier: GPL-2.0-or-later
// The grammar of options that name something and give details of it: VALUE[,key=value]...
// A comma that is part of VALUE, or of a key's value, is written twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hvk {

struct KeyedValue {
  struct Key {
    std::string name, value;
  };
  std::string value;
  std::vector<Key> keys;  // in the order in which they were given

  // The first value of a key, or null; and all its values.
  const std::string* find(std::string_view key) const;
  std::vector<const std::string*> all(std::string_view key) const;
};

// Parses `text`. Returns nothing, and says in `why` what is wrong, if a part after VALUE is not
// key=value, if a key is not one of `known`, or if a key comes twice that is not in `repeatable`.
// Of `flags`, the word alone means KEY=on. The caller checks the keys' values.
std::optional<KeyedValue> parse_keyed(std::string_view text,
                                      const std::vector<std::string_view>& known, std::string& why,
                                      const std::vector<std::string_view>& repeatable = {},
                                      const std::vector<std::string_view>& flags = {});

// Returns `value` with its commas doubled, so that parse_keyed() reads it as one VALUE.
std::string keyed_text(std::string_view value);

}  // namespace hvk
