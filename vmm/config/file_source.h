// SPDX-License-Identifier: GPL-2.0-or-later
// Where the files are that a guest's configuration names: in the file system,
// or among the parts of a FIT image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/loaded.h"

namespace hvk {

class Fit;

// The bytes of one file, its own or those of a FIT image that outlives it.
class FileContent {
 public:
  explicit FileContent(std::vector<std::byte> own) : own_(std::move(own)), bytes_(own_) {}
  explicit FileContent(std::span<const std::byte> bytes) : bytes_(bytes) {}
  FileContent(FileContent&&) = default;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> own_;  // moving keeps where its bytes are
  std::span<const std::byte> bytes_;
};

class FileSource {
 public:
  FileSource() = default;  // the file system
  explicit FileSource(std::shared_ptr<const Fit> fit) : fit_(std::move(fit)) {}

  // As read_file of file.h, with the same errors; `path` of a FIT image's part
  // is its name.
  FileContent read(const std::string& what, const std::string& path, uint64_t limit,
                   const std::string& remedy = {}) const;

  // Gives the digests against which memory is checked before a guest starts;
  // empty if nothing is checked.
  Digester digester() const;

 private:
  std::shared_ptr<const Fit> fit_;
};

}  // namespace hvk
