// SPDX-License-Identifier: GPL-2.0-or-later
// Who tells the reader of a system file whether the images that it names are there.
#pragma once

#include <functional>
#include <string>

namespace hvk {

// Where the images that a system file names are.
struct FoundFile {
  std::string name;  // what Config is to call it
  std::string why;   // it is not to be had; empty: it is there
};
using FileChecker = std::function<FoundFile(const std::string& name)>;

}  // namespace hvk
