// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/fd.h"
#include "base/progress.h"
#include "base/units.h"

namespace hvk {
namespace {

constexpr size_t kFirstRead = 64 << 10, kMostRead = 4 << 20;

// Reads once, at `offset` if the file has places: at most kMostRead bytes, so that progress can be
// shown between. Returns 0 at the file's end. Throws SetupError.
size_t read_some(const std::string& name, int fd, std::span<std::byte> to, uint64_t offset,
                 bool has_places = true) {
  const size_t size = std::min(to.size(), kMostRead);
  for (;;) {
    const ssize_t n = has_places ? ::pread(fd, to.data(), size, static_cast<off_t>(offset))
                                 : ::read(fd, to.data(), size);
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) throw_errno(name);
  }
}

}  // namespace

std::vector<std::byte> read_file(const std::string& what, const std::string& path, uint64_t limit,
                                 const std::string& remedy) {
  return read_open_file(what + " " + path, open_file(what, path).get(), limit, remedy);
}

Fd open_file(const std::string& what, const std::string& path) {
  const std::string name = what + " " + path;
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info;
  if (!fd || ::fstat(fd.get(), &info) != 0) throw_errno(name);
  if (S_ISDIR(info.st_mode)) throw SetupError(name, "is a directory");
  return fd;
}

std::optional<uint64_t> regular_size(int fd) {
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<uint64_t>(info.st_size);
}

void read_into(const std::string& name, int fd, std::span<std::byte> place, bool all) {
  Progress progress("reading " + name, place.size());
  size_t filled = 0;
  while (filled < place.size()) {
    const size_t n = read_some(name, fd, place.subspan(filled), filled);
    if (n == 0) break;
    filled += n;
    progress.at(filled);
  }
  std::byte more;
  if (filled < place.size() || (all && read_some(name, fd, {&more, 1}, filled) != 0)) {
    throw SetupError(name, "changed its size while it was read", "start again");
  }
}

std::vector<std::byte> read_open_file(const std::string& name, int fd, uint64_t limit,
                                      const std::string& remedy) {
  struct stat info;
  if (::fstat(fd, &info) != 0) throw_errno(name);
  // Block devices have places too; pipes have none.
  const bool has_places = ::lseek(fd, 0, SEEK_SET) == 0;

  // The size is only a hint: a pipe has none, and a file may grow or shrink. With room for one byte
  // more than the size, the read that finds the end of the file needs no larger buffer.
  size_t room = kFirstRead;
  if (S_ISREG(info.st_mode)) {
    room = static_cast<size_t>(std::min<uint64_t>(static_cast<uint64_t>(info.st_size), limit)) + 1;
  }
  std::vector<std::byte> content(room);
  size_t filled = 0;
  Progress progress("reading " + name, S_ISREG(info.st_mode) ? room : 0);
  for (;;) {
    if (filled == content.size()) content.resize(content.size() * 2);
    const size_t n = read_some(name, fd, std::span(content).subspan(filled), filled, has_places);
    if (n == 0) break;
    filled += n;
    progress.at(filled);
    if (filled > limit) throw_too_large(name, limit, remedy);
  }
  content.resize(filled);
  return content;
}

void throw_too_large(const std::string& name, uint64_t limit, const std::string& remedy) {
  throw SetupError(name, "has more than the " + format_size(limit) + " there is room for", remedy);
}

bool write_at(int fd, std::span<const std::byte> bytes, uint64_t offset) noexcept {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) errno = EIO;
      return false;
    }
    bytes = bytes.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return true;
}

void write_file(const std::string& what, const std::string& path,
                std::span<const std::byte> content) {
  const std::string name = what + " " + path;
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) throw_errno(name);
  while (!content.empty()) {
    const ssize_t n = ::write(fd.get(), content.data(), content.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      throw_errno(name);
    }
    content = content.subspan(static_cast<size_t>(n));
  }
}

}  // namespace hvk
