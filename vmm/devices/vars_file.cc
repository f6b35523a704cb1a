// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/vars_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/units.h"

namespace hvk {
namespace {

constexpr size_t kChunk = 1 << 20;

}  // namespace

VarsFile::VarsFile(const std::string& path, uint64_t size)
    : name_("--firmware: vars=" + path),
      fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666)) {
  struct stat info;
  if (!fd_ || ::fstat(fd_.get(), &info) != 0) throw_errno(name_);
  if (!S_ISREG(info.st_mode)) throw SetupError(name_, "is not a file");
  lock();
  // The size is read again under the lock, as until then another process may have been making the
  // file.
  if (::fstat(fd_.get(), &info) != 0) throw_errno(name_);
  const uint64_t have = static_cast<uint64_t>(info.st_size);
  if (have == size) return;
  // A file that is too short and erased so far is a new one, or was left by a process that ended
  // while it made the file: complete it.
  if (have < size && is_beginning(have)) {
    erase_from(have, size);
    return;
  }
  throw SetupError(
      name_, fmt::format("has {}, a bank of flash has {}", format_size(have), format_size(size)),
      have < size ? fmt::format("truncate -s {}M makes it as long", size >> 20)
                  : std::string("give a file that was made for QEMU's virt board, or a new one"));
}

void VarsFile::lock() const {
  struct flock all = {};
  all.l_type = F_WRLCK;
  all.l_whence = SEEK_SET;
  if (::fcntl(fd_.get(), F_OFD_SETLK, &all) == 0) return;
  if (errno == EAGAIN || errno == EACCES) {
    throw SetupError(name_, "another guest has it", "give each guest a file of its own");
  }
  throw_errno(name_ + ": locking it");
}

bool VarsFile::is_beginning(uint64_t have) const {
  const std::vector<std::byte> blank(kChunk, kErased);
  std::vector<std::byte> chunk(kChunk);
  for (uint64_t offset = 0; offset < have; offset += kChunk) {
    const auto part = std::span(chunk).first(std::min<uint64_t>(kChunk, have - offset));
    read(offset, part);
    if (std::memcmp(part.data(), blank.data(), part.size()) != 0) return false;
  }
  return true;
}

void VarsFile::erase_from(uint64_t offset, uint64_t size) const {
  const std::vector<std::byte> blank(kChunk, kErased);
  while (offset < size) {
    const uint64_t count = std::min<uint64_t>(kChunk, size - offset);
    if (!write_at(fd_.get(), std::span(blank).first(count), offset)) {
      const int error = errno;
      // If the disk is full, others may need the space that the file has taken so far.
      [[maybe_unused]] const int shortened = ::ftruncate(fd_.get(), 0);
      errno = error;
      throw_errno(name_ + ": making it", "it needs " + format_size(size));
    }
    offset += count;
  }
}

void VarsFile::read(uint64_t offset, std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t n = ::pread(fd_.get(), to.data(), to.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(name_);
    if (n == 0) throw SetupError(name_, "became shorter while it was read");
    offset += static_cast<uint64_t>(n);
    to = to.subspan(static_cast<size_t>(n));
  }
}

bool VarsFile::write(uint64_t offset, std::span<const std::byte> bytes) noexcept {
  if (write_at(fd_.get(), bytes, offset)) return true;
  if (!told_) {
    log(fmt::format("{}: {}; the guest is told that its flash failed", name_,
                    std::strerror(errno)));
  }
  told_ = true;
  return false;
}

}  // namespace hvk
