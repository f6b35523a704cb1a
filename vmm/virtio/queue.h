// SPDX-License-Identifier: GPL-2.0-or-later
// The device's side of a split virtqueue (virtio 1.2, section 2.7), with indirect descriptors and
// event indices.
//
// The driver is not trusted: each value in guest memory is read once and checked, and a chain
// reaches the guest's RAM or is refused. All functions are called from one thread, that of the
// device's worker, while vCPUs write to the same memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "board/memory.h"
#include "virtio/chain.h"

namespace hvk {

// Where a driver has placed a queue; addresses are IPAs.
struct QueuePlace {
  uint16_t size = 0;         // in descriptors
  uint64_t descriptors = 0;  // the descriptor table
  uint64_t driver_area = 0;  // the available ring
  uint64_t device_area = 0;  // the used ring
  friend bool operator==(const QueuePlace&, const QueuePlace&) = default;
};

class Virtqueue {
 public:
  struct Options {
    uint16_t most = 0;         // descriptors of the longest chain: the device's QueueNumMax
    bool indirect = false;     // VIRTIO_F_INDIRECT_DESC was negotiated
    bool event_index = false;  // VIRTIO_F_EVENT_IDX was negotiated
  };
  // How far a queue is, for save and restore.
  struct Position {
    uint16_t next = 0;  // the index in the available ring of the next chain to take
    uint16_t used = 0;  // the index in the used ring of the next chain to give back
  };

  // Returns nothing, and says in `why` what is wrong, if `place` is no place for a queue: a size
  // that is no power of two or above `options.most`, an address that is not aligned, or a part that
  // does not lie in `memory`. `memory` must outlive the queue.
  static std::unique_ptr<Virtqueue> make(GuestMemory& memory, const QueuePlace& place,
                                         const Options& options, std::string& why);

  // Takes the next chain that the driver has made available. Returns false if there is none, or if
  // the driver broke the rules: `broken` then says which, and the queue gives no chain any more.
  bool take(Chain& chain);
  const std::string& broken() const { return broken_; }

  // Puts the last `count` chains back that were taken, as if they had not been: `take` gives them
  // again. None of them may have been given back.
  void put_back(uint16_t count) { next_ = static_cast<uint16_t>(next_ - count); }

  // A chain that the device is done with, and the number of bytes written to its buffers.
  struct Used {
    uint16_t head = 0;
    uint32_t written = 0;
  };
  // Gives a chain back, or several, which the driver then sees all at once. Chains may be given
  // back in any order.
  void give_back(uint16_t head, uint32_t written) {
    const Used chain = {head, written};
    give_back({&chain, 1});
  }
  void give_back(std::span<const Used> chains);
  // Whether the driver wants an interrupt for what was given back since the last call.
  bool wants_interrupt();

  // Asks the driver not to notify for a while, and to do so again. After `notify_again` returns
  // true, a chain is there already, for which there may be no notification. With event indices
  // `hold_notifications` has nothing to do: the driver notifies once for each `notify_again`.
  void hold_notifications();
  bool notify_again();

  // The parts of the queue in this process, for a back end that reads the driver's queue by itself.
  struct Areas {
    std::span<const std::byte> descriptors, available, used;
  };
  Areas areas() const { return {table_, available_, used_ring_}; }
  // Goes on where such a back end has ended: the next chain to take is `next`, and those before it
  // have been given back.
  void resume_at(uint16_t next);
  // Notes what such a back end has given back so far, for `wants_interrupt`.
  void see_used() { used_ = used_index(); }
  // The index of the used ring as it is in memory.
  uint16_t used_index() const;
  // Whether those that were made available from `used_index` on are all that such a back end has
  // not given back: there are none, or it has kept their order, as far as the rings show.
  bool used_in_order() const;

  uint16_t size() const { return size_; }
  Position position() const { return {next_, used_}; }
  void set_position(Position position);

 private:
  struct Descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
  };

  Virtqueue(GuestMemory& memory, const Options& options, uint16_t size, std::span<std::byte> table,
            std::span<std::byte> available, std::span<std::byte> used)
      : memory_(memory),
        options_(options),
        size_(size),
        table_(table),
        available_(available),
        used_ring_(used) {}

  static Descriptor read_descriptor(std::span<const std::byte> table, size_t index);
  bool fail(std::string why);
  bool walk(Chain& chain);
  bool add_buffer(Chain& chain, const Descriptor& descriptor);

  GuestMemory& memory_;
  const Options options_;
  const uint16_t size_;
  const std::span<std::byte> table_, available_, used_ring_;
  uint16_t next_ = 0;
  uint16_t used_ = 0;
  uint16_t told_ = 0;  // used_ when the driver's wish for an interrupt was last looked at
  std::string broken_;
};

}  // namespace hvk
