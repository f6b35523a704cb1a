// SPDX-License-Identifier: GPL-2.0-or-later
// What a disk's bytes are kept in: an image file or a block device of the host, open and locked.
//
// It is opened once and outlives the machines of its guest: no path is opened again when the guest
// restarts, and the lock is never released in between. Constant once made; any thread.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"

namespace hvk {

class DiskImage {
 public:
  struct Options {
    std::string path;
    bool read_only = false;
    bool direct = false;  // past the host's page cache (O_DIRECT)
    bool raw = false;     // the content is the disk's, whatever format it looks like
    std::string id;       // the serial number that the guest is told
  };
  // What the guest is told of blocks (virtio 1.2, 5.2.4), in bytes.
  struct Blocks {
    uint32_t logical = 512;         // what the disk is addressed by
    uint32_t physical = 4096;       // what is written without reading before
    uint32_t alignment_offset = 0;  // of the first physical block that begins at a logical one
    uint32_t least_io = 0;          // preferred sizes; 0: not known
    uint32_t best_io = 0;
    uint32_t discard = 4096;  // what space is given back by
  };

  static constexpr uint32_t kSector = 512;

  // Throws SetupError, whose message begins with "--disk PATH" and names a remedy, for what is no
  // disk, cannot be opened, has a format other than raw, or is in use.
  explicit DiskImage(const Options& options);

  const std::string& path() const { return path_; }
  const std::string& id() const { return id_; }
  bool read_only() const { return read_only_; }
  uint64_t sectors() const { return sectors_; }
  const Blocks& blocks() const { return blocks_; }

  // The descriptor for flushing, discarding and zeroing.
  int fd() const { return fd_.get(); }
  // The descriptor for a transfer between the disk, from byte `offset` on, and `memory`. With
  // `direct` it is the one with O_DIRECT if the kernel takes such a transfer there, and else the
  // one through the page cache, which the kernel keeps coherent with direct transfers that come
  // before and after, not with those at the same time: this replaces bounce buffers.
  int fd_for(uint64_t offset, std::span<const iovec> memory) const;
  // Whether transfers by `fd` go through the page cache while others do not.
  bool is_indirect(int fd) const { return direct_ && fd == fd_.get(); }

 private:
  void open(const Options& options, bool device);
  void lock() const;
  void measure(bool device);
  void measure_device();
  void refuse_foreign() const;
  void open_direct();
  bool takes_direct(uint32_t alignment) const;

  const std::string path_, name_, id_;
  const bool read_only_;
  Fd fd_;      // through the page cache; has the lock
  Fd direct_;  // with O_DIRECT
  uint64_t sectors_ = 0;
  Blocks blocks_;
  uint32_t direct_alignment_ = 0;
};

}  // namespace hvk
