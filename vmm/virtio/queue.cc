// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/queue.h"

#include <fmt/format.h>

#include <atomic>
#include <bit>
#include <utility>

namespace hvk {
namespace {

// Guests' structures are little-endian (virtio 1.2, 1.4), and so is every machine that this runs
// on: words are read and written as they are.
static_assert(std::endian::native == std::endian::little);

// Sizes and places of the parts of a queue (2.7.5 to 2.7.8), in bytes.
constexpr size_t kDescriptorSize = 16;
constexpr size_t kFlags = 0, kIndex = 2, kRing = 4;  // in both rings
constexpr size_t kAvailableEntry = 2, kUsedEntry = 8;
constexpr size_t kEvent = 2;  // the word behind a ring
constexpr uint64_t kTableAlign = 16, kAvailableAlign = 2, kUsedAlign = 4;
// Of an indirect table no alignment is required; a driver that would not even have this one for it
// is not known.
constexpr uint64_t kIndirectAlign = 8;
constexpr uint16_t kMostDescriptors = 32768;

// Flags of a descriptor (2.7.5), and of the two rings.
constexpr uint16_t kNext = 1, kWrite = 2, kIndirect = 4;
constexpr uint16_t kNoInterrupt = 1, kNoNotify = 1;

// Accesses to memory that a vCPU may write at the same time. The alignment of the queue's parts
// makes each word aligned here too, because RAM begins at a page boundary.
template <typename Word>
Word load(std::span<const std::byte> area, size_t offset,
          std::memory_order order = std::memory_order_relaxed) {
  auto* word = reinterpret_cast<Word*>(const_cast<std::byte*>(area.data()) + offset);
  return std::atomic_ref<Word>(*word).load(order);
}

template <typename Word>
void store(std::span<std::byte> area, size_t offset, Word value,
           std::memory_order order = std::memory_order_relaxed) {
  std::atomic_ref<Word>(*reinterpret_cast<Word*>(area.data() + offset)).store(value, order);
}

}  // namespace

std::unique_ptr<Virtqueue> Virtqueue::make(GuestMemory& memory, const QueuePlace& place,
                                           const Options& options, std::string& why) {
  if (!std::has_single_bit(place.size) || place.size > options.most ||
      place.size > kMostDescriptors) {
    why = fmt::format("a queue of {} descriptors, expected a power of two up to {}", place.size,
                      options.most);
    return nullptr;
  }
  const struct {
    const char* name;
    uint64_t ipa, size, align;
  } parts[] = {
      {"descriptor table", place.descriptors, place.size * kDescriptorSize, kTableAlign},
      {"available ring", place.driver_area, kRing + place.size * kAvailableEntry + kEvent,
       kAvailableAlign},
      {"used ring", place.device_area, kRing + place.size * kUsedEntry + kEvent, kUsedAlign},
  };
  std::span<std::byte> areas[3];
  for (size_t i = 0; i < 3; ++i) {
    const auto& part = parts[i];
    const auto area = memory.at(part.ipa, part.size);
    if (!area || part.ipa % part.align != 0) {
      why = fmt::format("the {} at {:#x} {}", part.name, part.ipa,
                        area ? fmt::format("is not aligned to {} bytes", part.align)
                             : "does not lie in the guest's RAM");
      return nullptr;
    }
    areas[i] = *area;
  }
  return std::unique_ptr<Virtqueue>(
      new Virtqueue(memory, options, place.size, areas[0], areas[1], areas[2]));
}

Virtqueue::Descriptor Virtqueue::read_descriptor(std::span<const std::byte> table, size_t index) {
  const uint64_t address = load<uint64_t>(table, index * kDescriptorSize);
  const uint64_t rest = load<uint64_t>(table, index * kDescriptorSize + 8);
  return {address, static_cast<uint32_t>(rest), static_cast<uint16_t>(rest >> 32),
          static_cast<uint16_t>(rest >> 48)};
}

bool Virtqueue::fail(std::string why) {
  broken_ = std::move(why);
  return false;
}

bool Virtqueue::take(Chain& chain) {
  if (!broken_.empty()) return false;
  // Acquire: the ring's entry and the descriptors, which the driver wrote before the index, are
  // read after it (2.7.13.3).
  const auto index = load<uint16_t>(available_, kIndex, std::memory_order_acquire);
  if (index == next_) return false;
  const auto waiting = static_cast<uint16_t>(index - next_);
  if (waiting > size_) {
    return fail(fmt::format("{} chains are available in a queue of {}", waiting, size_));
  }
  chain.head = load<uint16_t>(available_, kRing + size_t{next_} % size_ * kAvailableEntry);
  ++next_;
  return walk(chain);
}

// Collects the buffers of the chain that begins at `chain.head`.
bool Virtqueue::walk(Chain& chain) {
  chain.readable.clear();
  chain.writable.clear();
  std::span<const std::byte> table = table_;
  size_t entries = size_;
  size_t index = chain.head;
  bool indirect = false;
  // The count bounds a chain that comes back to itself too.
  for (size_t count = 0;;) {
    if (index >= entries) {
      return fail(fmt::format("descriptor {} of a table of {}", index, entries));
    }
    const Descriptor descriptor = read_descriptor(table, index);
    if (descriptor.flags & kIndirect) {
      if (!options_.indirect || indirect || (descriptor.flags & kNext)) {
        return fail(!options_.indirect ? "an indirect descriptor, which was not negotiated"
                    : indirect         ? "an indirect descriptor in an indirect table"
                                       : "an indirect descriptor with a next one");
      }
      const auto area = memory_.at(descriptor.address, descriptor.length);
      if (!area || area->empty() || area->size() % kDescriptorSize != 0 ||
          descriptor.address % kIndirectAlign != 0) {
        return fail(fmt::format("an indirect table of {} bytes at {:#x}{}", descriptor.length,
                                descriptor.address,
                                area ? "" : ", which is not in the guest's RAM"));
      }
      table = *area;
      entries = area->size() / kDescriptorSize;
      index = 0;
      indirect = true;
      continue;
    }
    if (++count > options_.most) {
      return fail(fmt::format("a chain of more than {} descriptors", options_.most));
    }
    if (!add_buffer(chain, descriptor)) return false;
    if (!(descriptor.flags & kNext)) return true;
    index = descriptor.next;
  }
}

bool Virtqueue::add_buffer(Chain& chain, const Descriptor& descriptor) {
  const bool write = descriptor.flags & kWrite;
  if (!write && !chain.writable.vectors().empty()) {
    return fail("a descriptor to read from behind one to write to");
  }
  const auto buffer = memory_.at(descriptor.address, descriptor.length);
  if (!buffer) {
    return fail(fmt::format("a buffer of {} bytes at {:#x}, which is not in the guest's RAM",
                            descriptor.length, descriptor.address));
  }
  // A chain has less than 2^32 bytes (2.7.4.2), which the used ring's length can count.
  if (uint64_t{chain.readable.size()} + chain.writable.size() + buffer->size() > UINT32_MAX) {
    return fail("a chain of 4 GiB or more");
  }
  (write ? chain.writable : chain.readable).add(*buffer);
  return true;
}

void Virtqueue::give_back(std::span<const Used> chains) {
  for (const Used& chain : chains) {
    const size_t entry = kRing + size_t{used_} % size_ * kUsedEntry;
    store<uint32_t>(used_ring_, entry, chain.head);
    store<uint32_t>(used_ring_, entry + 4, chain.written);
    ++used_;
  }
  // Release: the entries, and the data in the chains' buffers, are written before the index that
  // says so (2.7.8.2).
  store<uint16_t>(used_ring_, kIndex, used_, std::memory_order_release);
}

bool Virtqueue::wants_interrupt() {
  const uint16_t before = std::exchange(told_, used_);
  if (before == used_) return false;
  // The index is visible before the driver's wish is read; the driver writes its wish and then
  // looks at the index. One of the two sees the other (2.7.7.2).
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!options_.event_index) return !(load<uint16_t>(available_, kFlags) & kNoInterrupt);
  const auto event = load<uint16_t>(available_, kRing + size_t{size_} * kAvailableEntry);
  // Whether `event` lies in [before, used_), counted modulo 2^16.
  return static_cast<uint16_t>(used_ - event - 1) < static_cast<uint16_t>(used_ - before);
}

void Virtqueue::hold_notifications() {
  if (!options_.event_index) store<uint16_t>(used_ring_, kFlags, kNoNotify);
}

bool Virtqueue::notify_again() {
  if (options_.event_index) {
    store<uint16_t>(used_ring_, kRing + size_t{size_} * kUsedEntry, next_);
  } else {
    store<uint16_t>(used_ring_, kFlags, 0);
  }
  // The wish is visible before the index is read again; the driver writes the index and then looks
  // at the wish (2.7.10.1).
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return broken_.empty() && load<uint16_t>(available_, kIndex, std::memory_order_acquire) != next_;
}

void Virtqueue::resume_at(uint16_t next) {
  next_ = next;
  used_ = told_ = used_index();
}

uint16_t Virtqueue::used_index() const { return load<uint16_t>(used_ring_, kIndex); }

bool Virtqueue::used_in_order() const {
  // Acquire: the entries that the indices count are read after them.
  const auto made = load<uint16_t>(available_, kIndex, std::memory_order_acquire);
  const auto used = load<uint16_t>(used_ring_, kIndex, std::memory_order_acquire);
  const auto waiting = static_cast<uint16_t>(made - used);
  if (waiting == 0) return true;
  if (waiting > size_) return false;
  // The available ring has the last `size_` entries, of which those before `used` have an answer.
  for (unsigned back = 1; back <= unsigned{size_} - waiting; ++back) {
    const size_t entry = static_cast<uint16_t>(used - back) % size_;
    if (load<uint16_t>(available_, kRing + entry * kAvailableEntry) !=
        load<uint32_t>(used_ring_, kRing + entry * kUsedEntry)) {
      return false;
    }
  }
  return true;
}

void Virtqueue::set_position(Position position) {
  next_ = position.next;
  used_ = told_ = position.used;
}

}  // namespace hvk
