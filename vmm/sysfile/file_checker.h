// SPDX-License-Identifier: GPL-2.0-or-later
// The interface by which the reader of a system file looks for the images that the file names.
#pragma once

#include <functional>
#include <string>

namespace hvk {

// The result of looking for an image.
struct FoundFile {
  std::string name;  // the name to be used in Config
  std::string why;   // why the image cannot be used; empty if it can
};
// Looks for the image that a system file calls `name`.
using FileChecker = std::function<FoundFile(const std::string& name)>;

}  // namespace hvk
