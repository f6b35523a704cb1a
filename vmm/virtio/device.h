// SPDX-License-Identifier: GPL-2.0-or-later
// What a virtio device is to its transport, and the transport to the device.
//
// Threads: a device's code runs in its worker (worker.h), one call at a time, except where a
// comment says otherwise. So neither the device nor its queues need a lock.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "virtio/queue.h"

namespace hvk {

// Feature bits that do not belong to a kind of device (virtio 1.2, section 6).
namespace virtio_feature {
inline constexpr uint64_t kIndirect = uint64_t{1} << 28;    // VIRTIO_F_INDIRECT_DESC
inline constexpr uint64_t kEventIndex = uint64_t{1} << 29;  // VIRTIO_F_EVENT_IDX
inline constexpr uint64_t kVersion1 = uint64_t{1} << 32;    // VIRTIO_F_VERSION_1
}  // namespace virtio_feature

// The transport, as its device sees it. For the worker alone, from `start` until `stop` returns.
class VirtioHost {
 public:
  virtual ~VirtioHost() = default;

  // The queue, or null if the driver has not set it up. Valid until `stop` returns.
  virtual Virtqueue* queue(unsigned index) = 0;

  // Interrupts the driver if it wants to hear of the chains that were given back to the queue.
  virtual void used(unsigned index) = 0;

  // Tells the driver that the device's configuration has changed. Any thread.
  virtual void config_changed() = 0;

  // The device cannot go on until the driver has reset it: the driver is told so
  // (DEVICE_NEEDS_RESET), and the person, once, by `why`. Queues give no chains any more.
  virtual void needs_reset(const std::string& why) = 0;

  // For a device whose back end is another process or the kernel, which hears of notifications and
  // interrupts by eventfds itself: lends it the one that the driver's notifications of a queue
  // signal, which the transport does not look at meanwhile and which is signalled once; and the one
  // that interrupts the driver. Both are -1 where the transport has none, for a device without a
  // thread.
  virtual int give_bell(unsigned index) = 0;
  virtual void take_bell(unsigned index) = 0;
  virtual int interrupt_event() = 0;

  // Tells the person something about this device; the same line only once.
  virtual void say(const std::string& line) = 0;
};

class VirtioDevice {
 public:
  virtual ~VirtioDevice() = default;

  // The device's number (virtio 1.2, section 5) and its name in messages: "virtio-blk". Any thread.
  virtual uint32_t id() const = 0;
  virtual std::string_view name() const = 0;

  // The size of each queue in descriptors, a power of two. Constant; any thread.
  virtual std::span<const uint16_t> queue_sizes() const = 0;

  // The features that the device offers besides those of every device above. Constant; any thread.
  virtual uint64_t features() const { return 0; }

  // Which features of queues those can serve who read the device's. Constant; any thread.
  virtual uint64_t queue_features() const {
    return virtio_feature::kIndirect | virtio_feature::kEventIndex;
  }

  // Reads and writes the device's configuration, `offset` bytes from its start. `to` is filled with
  // zeroes before. Any thread.
  virtual void read_config(uint64_t, std::span<std::byte>) const {}
  virtual void write_config(uint64_t, std::span<const std::byte>) {}

  // Whether somebody else interrupts the driver, so that the transport does not know of it.
  // InterruptStatus then reads as if buffers had been used, which a driver looks for anyway.
  // Constant; any thread.
  virtual bool interrupts_by_itself() const { return false; }

  // The driver is ready, and has accepted `features`, a subset of those offered. `host` stays valid
  // until `stop` has returned.
  virtual void start(uint64_t features, VirtioHost& host) = 0;

  // There may be new chains in a queue that is set up. Takes as many as the device can serve.
  virtual void notified(unsigned queue) = 0;

  // What follows `stop`.
  enum class Stop {
    kForGood,  // a reset, or the end of the guest
    kPause,    // `start` with the same queues, perhaps of another device with this one's state
  };
  // Ends the use of guest memory: when it returns, nothing is under way, and all chains that were
  // taken are given back. May wait for what the back end does at the time; for good, it lets
  // nothing else begin, and what is left undone fails. Without an effect if the device is not
  // started.
  virtual void stop(Stop stop) = 0;

  // The driver has reset the device, which is stopped: what the driver had set is as it was at
  // first.
  virtual void reset() {}

  // The device's own state besides its features and queues, while it is stopped, as JSON; and that
  // state again, before `start`. `restore` throws SetupError if `state` was not made by `save`.
  virtual nlohmann::json save() const;
  virtual void restore(const nlohmann::json& state);
};

// Copies the part of `config`, a device's configuration, that is asked for; for `read_config`.
void copy_config(std::span<const std::byte> config, uint64_t offset, std::span<std::byte> to);

}  // namespace hvk
