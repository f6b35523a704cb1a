// SPDX-License-Identifier: GPL-2.0-or-later
#include "disk/disk_image.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "disk/foreign_disk.h"

namespace hvk {
namespace {

// O_DIRECT's alignment is that of the device below, and with some file systems that of their
// blocks.
constexpr uint32_t kLeastAlignment = 512, kMostAlignment = 4096;

// Refuses what is no disk before it is opened: to open some devices is to use them.
bool is_device(const std::string& name, const struct stat& info) {
  if (S_ISREG(info.st_mode)) return false;
  if (S_ISBLK(info.st_mode)) return true;
  const char* const kind = S_ISDIR(info.st_mode)    ? "a directory"
                           : S_ISCHR(info.st_mode)  ? "a character device"
                           : S_ISFIFO(info.st_mode) ? "a pipe"
                                                    : "a socket";
  throw SetupError(name, fmt::format("is {}", kind), "a disk is an image file or a block device");
}

[[noreturn]] void throw_open(const std::string& name, const DiskImage::Options& options) {
  switch (errno) {
    case ENOENT:
      throw_errno(name, fmt::format("'truncate -s 8G {}' makes an empty disk", options.path));
    case EACCES:
    case EPERM:
      if (options.read_only) throw_errno(name, "this user needs the right to read it");
      throw_errno(name, "this user needs the right to read and write it; ro=on needs only to read");
    case EROFS:
      throw_errno(name, "ro=on gives the guest a disk that it cannot write");
    case EBUSY:
      throw SetupError(name, "is in use on this host: mounted, swap, or a part of another device",
                       "unmount it, or give it with ro=on");
    case ETXTBSY:
      throw SetupError(name, "is in use on this host as a program or as swap");
    default:
      throw_errno(name);
  }
}

// An ioctl that reads one number of a block device, or `otherwise`.
template <typename Number>
Number ask(int fd, unsigned long request, Number otherwise) {
  Number number = 0;
  return ::ioctl(fd, request, &number) == 0 ? number : otherwise;
}

uint32_t power_of_two(uint32_t size, uint32_t otherwise) {
  return std::has_single_bit(size) && size >= DiskImage::kSector ? size : otherwise;
}

}  // namespace

DiskImage::DiskImage(const Options& options)
    : path_(options.path),
      name_("--disk " + options.path),
      id_(options.id),
      read_only_(options.read_only) {
  struct stat info;
  if (::stat(path_.c_str(), &info) != 0) throw_open(name_, options);
  const bool device = is_device(name_, info);
  open(options, device);
  lock();
  measure(device);
  if (!options.raw) refuse_foreign();
  if (options.direct) open_direct();
}

void DiskImage::open(const Options& options, bool device) {
  // O_NONBLOCK, so that a pipe that has just taken the file's place does not stop this. O_EXCL: of
  // a block device the kernel then refuses one that it has mounted, and mounts it for nobody.
  const int flags = (read_only_ ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
                    (device && !read_only_ ? O_EXCL : 0);
  fd_ = Fd(::open(path_.c_str(), flags));
  if (!fd_) throw_open(name_, options);
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0) throw_errno(name_);
  if (is_device(name_, info) != device) throw SetupError(name_, "was replaced while it was opened");
  if (::fcntl(fd_.get(), F_SETFL, 0) != 0) throw_errno(name_);
}

// A lock of the open file, not of the process: it also keeps apart two disks of this process. QEMU
// takes locks of this kind as well, so that neither opens what the other one writes.
void DiskImage::lock() const {
  struct flock all = {};
  all.l_type = read_only_ ? F_RDLCK : F_WRLCK;
  all.l_whence = SEEK_SET;
  if (::fcntl(fd_.get(), F_OFD_SETLK, &all) == 0) return;
  if (errno != EAGAIN && errno != EACCES) throw_errno(name_ + ": locking it");
  throw SetupError(name_,
                   read_only_ ? "another guest has it and may write it"
                              : "another guest has it, and two that write would ruin it",
                   read_only_ ? "end that guest, or give a copy"
                              : "end that guest, or give a copy; several guests can have a disk "
                                "if all of them have it with ro=on");
}

void DiskImage::measure(bool device) {
  if (device) return measure_device();
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0) throw_errno(name_);
  const auto size = static_cast<uint64_t>(info.st_size);
  if (size == 0) {
    throw SetupError(name_, "is empty", fmt::format("'truncate -s 8G {}' makes it a disk", path_));
  }
  // A disk that is rounded down would lack the file's end, and one that is rounded up would make
  // the file longer.
  if (size % kSector != 0) {
    throw SetupError(name_,
                     fmt::format("has {} bytes, and a disk has sectors of {}", size, kSector),
                     fmt::format("'truncate -s %{} {}' fills its last sector with zeroes, as QEMU "
                                 "shows it",
                                 kSector, path_));
  }
  sectors_ = size / kSector;
}

void DiskImage::measure_device() {
  uint64_t size = 0;
  if (::ioctl(fd_.get(), BLKGETSIZE64, &size) != 0) throw_errno(name_ + ": its size");
  sectors_ = size / kSector;
  if (sectors_ == 0) throw SetupError(name_, "has no size", "insert a medium");
  const int logical = ask(fd_.get(), BLKSSZGET, int{kSector});
  blocks_.logical = power_of_two(static_cast<uint32_t>(std::max(logical, 0)), kSector);
  blocks_.physical = std::max(
      power_of_two(ask(fd_.get(), BLKPBSZGET, unsigned{0}), blocks_.logical), blocks_.logical);
  blocks_.alignment_offset =
      static_cast<uint32_t>(std::max(ask(fd_.get(), BLKALIGNOFF, int{0}), 0));
  blocks_.least_io = ask(fd_.get(), BLKIOMIN, unsigned{0});
  blocks_.best_io = ask(fd_.get(), BLKIOOPT, unsigned{0});
  blocks_.discard = std::max(blocks_.physical, kMostAlignment);
}

void DiskImage::refuse_foreign() const {
  const ForeignDisk* const found = find_foreign_disk(fd_.get(), sectors_ * kSector);
  if (!found) return;
  throw SetupError(name_, fmt::format("is {}", found->what),
                   found->packed
                       ? "unpack it first; format=raw takes its bytes as they are"
                       : "'qemu-img convert -O raw IN OUT' makes a raw image of it; a vhost-user "
                         "back end such as qemu-storage-daemon can serve it as it is; format=raw "
                         "takes its bytes as they are");
}

// A second open file, so that a transfer can be made either way.
void DiskImage::open_direct() {
  direct_ = Fd(::open(path_.c_str(), (read_only_ ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOCTTY |
                                         O_NONBLOCK | O_DIRECT));
  if (!direct_) throw_errno(name_ + ": direct=on", "its file system may not have it: leave it out");
  struct stat first, second;
  if (::fstat(fd_.get(), &first) != 0 || ::fstat(direct_.get(), &second) != 0) throw_errno(name_);
  if (first.st_dev != second.st_dev || first.st_ino != second.st_ino) {
    throw SetupError(name_, "was replaced while it was opened");
  }
  if (::fcntl(direct_.get(), F_SETFL, O_DIRECT) != 0) throw_errno(name_ + ": direct=on");
  for (uint32_t size = kLeastAlignment; size <= kMostAlignment; size *= 2) {
    if (!takes_direct(size)) continue;
    direct_alignment_ = size;
    blocks_.physical = std::max(blocks_.physical, size);
    return;
  }
  throw SetupError(name_ + ": direct=on", "no direct transfer is possible here", "leave it out");
}

// Whether a direct read works whose memory and size have this alignment and no larger one.
bool DiskImage::takes_direct(uint32_t alignment) const {
  const std::unique_ptr<void, decltype(&std::free)> memory(
      std::aligned_alloc(2 * kMostAlignment, 4 * kMostAlignment), &std::free);
  if (!memory) throw std::bad_alloc();
  ssize_t n;
  do {
    n = ::pread(direct_.get(), static_cast<std::byte*>(memory.get()) + alignment, alignment, 0);
  } while (n < 0 && errno == EINTR);
  return n >= 0;
}

int DiskImage::fd_for(uint64_t offset, std::span<const iovec> memory) const {
  if (!direct_) return fd_.get();
  uint64_t bits = offset;
  for (const iovec& one : memory) bits |= reinterpret_cast<uintptr_t>(one.iov_base) | one.iov_len;
  return bits % direct_alignment_ == 0 ? direct_.get() : fd_.get();
}

}  // namespace hvk
