// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the files that a guest's configuration names, from the file system or
// from the parts of a FIT image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "image/loaded.h"

namespace hvk {

class Fit;

// The bytes of one file: owned by this object, or a view into a FIT image that
// must outlive it.
class FileContent {
 public:
  explicit FileContent(std::vector<std::byte> own) : own_(std::move(own)), bytes_(own_) {}
  explicit FileContent(std::span<const std::byte> bytes) : bytes_(bytes) {}
  // Shared with others.
  explicit FileContent(std::shared_ptr<const std::vector<std::byte>> shared)
      : shared_(std::move(shared)), bytes_(*shared_) {}
  FileContent(FileContent&&) = default;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> own_;  // a move keeps its buffer, so that bytes_ stays valid
  std::shared_ptr<const std::vector<std::byte>> shared_;
  std::span<const std::byte> bytes_;
};

class FileSource {
 public:
  FileSource() = default;  // reads from the file system
  explicit FileSource(std::shared_ptr<const Fit> fit) : fit_(std::move(fit)) {}

  // Opens these files, so that `read` opens no path any more. `what` is as for `read`; an empty
  // path is left out. What comes from a FIT image needs no opening. Throws SetupError.
  struct Named {
    std::string what, path;
  };
  void open(const std::vector<Named>& files);

  // Returns where a file of `size` bytes, whose first ones are `head`, is to be: exactly `size`
  // bytes that outlive its content, or nothing for a buffer.
  using Place = std::function<std::span<std::byte>(std::span<const std::byte> head, uint64_t size)>;
  static constexpr size_t kHead = 4096;  // the most bytes of `head`

  // Reads a whole file, as read_file() of base/file.h does, with the same
  // errors. For a FIT image, `path` is the name of a part. A regular file of
  // the file system is read to its `place` at once, so that it is copied only
  // once; for anything else `place` is not asked.
  FileContent read(const std::string& what, const std::string& path, uint64_t limit,
                   const std::string& remedy = {}, const Place& place = {}) const;

  // Returns the function that gives the expected digest of loaded bytes, to
  // check guest memory before the start. Empty if files come from the file
  // system, which has no digests.
  Digester digester() const;

 private:
  struct OpenFile {
    Fd fd;
    std::shared_ptr<const std::vector<std::byte>> content;  // of a pipe, which can be read once
  };

  std::shared_ptr<const Fit> fit_;
  std::shared_ptr<std::map<std::string, OpenFile>> open_;  // by path
};

}  // namespace hvk
