// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/file_source.h"

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

FileContent FileSource::read(const std::string& what, const std::string& path, uint64_t limit,
                             const std::string& remedy) const {
  if (!fit_ && !open_) return FileContent(read_file(what, path, limit, remedy));
  if (open_) {
    OpenFile& file = open_->at(path);
    if (file.content) return FileContent(file.content);
    std::vector<std::byte> content =
        read_open_file(what + " " + path, file.fd.get(), limit, remedy);
    if (is_regular(file.fd.get())) return FileContent(std::move(content));
    file.content = std::make_shared<const std::vector<std::byte>>(std::move(content));
    return FileContent(file.content);
  }
  const FitPart* part = fit_->find(path);
  if (!part) throw SetupError(what + " " + path, "the FIT image has no such part");
  if (part->content.size() > limit) throw_too_large(what + " " + path, limit, remedy);
  return FileContent(part->content);
}

Digester FileSource::digester() const {
  if (!fit_) return {};
  return [fit = fit_](std::span<const std::byte> bytes) { return fit->digest_of(bytes); };
}

}  // namespace hvk
