// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/file_source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/units.h"
#include "image/fit.h"

namespace hvk {

FileContent FileSource::read(const std::string& what, const std::string& path, uint64_t limit,
                             const std::string& remedy) const {
  if (!fit_) return FileContent(read_file(what, path, limit, remedy));
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
