// SPDX-License-Identifier: GPL-2.0-or-later
// A network card (virtio 1.2, section 5.1), over a back end that carries its packets.
//
// Features: MAC, STATUS, MRG_RXBUF; the offloads of the back end; MQ and its control queue if the
// back end has several pairs of queues. Not modelled: filters, VLANs and a MAC address that the
// driver sets (CTRL_RX, CTRL_VLAN, CTRL_MAC_ADDR), announcements, notification coalescing, RSS. So
// the card is promiscuous, as the specification allows.
//
// A turn of one queue is bounded, so that queues and the end of the device take turns in the
// worker's loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "config/devices.h"
#include "net/net_backend.h"
#include "virtio/device.h"
#include "virtio/traffic.h"
#include "virtio/turns.h"

namespace hvk {

class VirtioNet final : public VirtioDevice, private NetUser {
 public:
  static constexpr uint16_t kQueueSize = 256, kControlSize = 64;

  // `loop` is that of the device's worker. Both references must outlive this object.
  VirtioNet(const MacAddress& mac, NetBackend& backend, EventLoop& loop);
  // Adds what is sent and received to `traffic`, which must outlive the device. Before `start`.
  void count_in(Traffic& traffic) { traffic_ = &traffic; }

  uint32_t id() const override { return 1; }
  std::string_view name() const override { return "virtio-net"; }
  std::span<const uint16_t> queue_sizes() const override { return sizes_; }
  uint64_t features() const override;
  void read_config(uint64_t offset, std::span<std::byte> to) const override;
  void start(uint64_t features, VirtioHost& host) override;
  void notified(unsigned queue) override;
  void stop(Stop stop) override;
  void reset() override { active_ = 1; }
  nlohmann::json save() const override;
  void restore(const nlohmann::json& state) override;

 private:
  static constexpr unsigned kNoQueue = UINT32_MAX;
  // What one queue may do at a time, in bytes; each packet also counts kPacketCost.
  static constexpr size_t kTurn = 256 << 10, kPacketCost = 1 << 10;

  struct Pair {
    std::span<const std::byte> packet;  // the back end's next one, if it waits for buffers
    std::vector<Chain> buffers;         // chains that were taken to receive packets
    size_t room = 0;                    // the sum of their sizes
    Chain sending;                      // a packet that the back end may not have taken yet
    bool unsent = false;                // `sending` is one
    bool full = false;                  // the back end will say when it can be tried again
  };
  enum class Room { kEnough, kWait, kNever };

  // NetUser, in the worker.
  void receivable(unsigned pair) override { receive(pair); }
  void sendable(unsigned pair) override;
  void link_changed() override;
  void say(const std::string& line) override;

  Virtqueue* usable(unsigned index);
  void transmit(unsigned pair);
  Sent send(unsigned pair, const Buffers& packet);
  void receive(unsigned pair);
  Room make_room(Pair& pair, Virtqueue& queue);
  bool takes(const Pair& pair) const;
  void deliver(Pair& pair, Virtqueue& queue);
  void control();
  uint8_t execute(const Buffers& command);
  void use_pairs(unsigned count);
  // Ends a turn of the queue: tells the driver what is done, and whether it broke the rules.
  void end_turn(unsigned index);
  void fail(const std::string& why);

  MacAddress mac_;
  NetBackend& backend_;
  EventLoop& loop_;
  Traffic* traffic_ = nullptr;
  const bool with_header_;  // the back end's packets begin with a NetHeader
  std::vector<uint16_t> sizes_;
  std::vector<Pair> pairs_;
  std::atomic<bool> link_;  // as the driver was last told

  VirtioHost* host_ = nullptr;
  uint64_t features_ = 0;
  unsigned control_ = kNoQueue;  // the control queue's index
  unsigned active_ = 1;          // pairs that the driver uses
  bool broken_ = false;          // the driver has to reset the device
  std::vector<iovec> vectors_;
  std::vector<Virtqueue::Used> used_;

  Turns turns_;
};

}  // namespace hvk
