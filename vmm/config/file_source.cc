// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/file_source.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/units.h"
#include "image/fit.h"

namespace hvk {

void FileSource::open(const std::vector<Named>& files) {
  if (fit_) return;
  if (!open_) open_ = std::make_shared<std::map<std::string, OpenFile>>();
  for (const auto& [what, path] : files) {
    if (!path.empty() && !open_->contains(path)) (*open_)[path].fd = open_file(what, path);
  }
}

namespace {

FileContent read_regular(const std::string& name, int fd, uint64_t size, uint64_t limit,
                         const std::string& remedy, const FileSource::Place& place) {
  if (place && size <= limit) {
    std::array<std::byte, FileSource::kHead> head;
    const std::span<std::byte> begin(head.data(), std::min<uint64_t>(size, head.size()));
    read_into(name, fd, begin, false);
    if (const std::span<std::byte> to = place(begin, size); !to.empty()) {
      read_into(name, fd, to, true);
      return FileContent(to);
    }
  }
  return FileContent(read_open_file(name, fd, limit, remedy));
}

}  // namespace

FileContent FileSource::read(const std::string& what, const std::string& path, uint64_t limit,
                             const std::string& remedy, const Place& place) const {
  const std::string name = what + " " + path;
  if (!fit_) {
    OpenFile now;
    OpenFile& file = open_ ? open_->at(path) : now;
    if (!open_) file.fd = open_file(what, path);
    if (file.content) return FileContent(file.content);
    const int fd = file.fd.get();
    if (const std::optional<uint64_t> size = regular_size(fd)) {
      return read_regular(name, fd, *size, limit, remedy, place);
    }
    file.content =
        std::make_shared<const std::vector<std::byte>>(read_open_file(name, fd, limit, remedy));
    return FileContent(file.content);
  }
  const FitPart* part = fit_->find(path);
  if (!part) throw SetupError(name, "the FIT image has no such part");
  if (part->content.size() > limit) throw_too_large(name, limit, remedy);
  return FileContent(part->content);
}

Digester FileSource::digester() const {
  if (!fit_) return {};
  return [fit = fit_](std::span<const std::byte> bytes) { return fit->digest_of(bytes); };
}

}  // namespace hvk
