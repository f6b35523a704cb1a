// SPDX-License-Identifier: GPL-2.0-only
// An option's argument that has options of its own: `VALUE[,key=value]...`, with
// `,,` for a comma within a value.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace hvk {

struct Suboptions {
  std::string value;
  std::map<std::string, std::string, std::less<>> keys;
  std::string mistake;  // what is wrong with the text, in words; empty: nothing
};

// Each key is one of `known`, comes once and is not empty.
Suboptions parse_suboptions(std::string_view text, std::initializer_list<std::string_view> known);

}  // namespace hvk
