// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/virtio_net.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "config/mac.h"

namespace hvk {
namespace {

// Queues come in pairs, and the control queue follows them (5.1.2).
constexpr unsigned receive_queue(unsigned pair) { return 2 * pair; }
constexpr unsigned send_queue(unsigned pair) { return 2 * pair + 1; }

constexpr size_t kEthernetHeader = 14;

}  // namespace

VirtioNet::VirtioNet(const MacAddress& mac, NetBackend& backend, EventLoop& loop)
    : mac_(mac),
      backend_(backend),
      loop_(loop),
      with_header_(backend.offloads() != 0),
      sizes_(size_t{2} * backend.pairs(), kQueueSize),
      pairs_(backend.pairs()),
      link_(backend.link_up()),
      turns_(loop, [this](unsigned queue) { notified(queue); }) {
  if (backend.pairs() > 1) sizes_.push_back(kControlSize);
}

uint64_t VirtioNet::features() const {
  using namespace net_feature;
  return kMac | kStatus | kMergeable | backend_.offloads() |
         (pairs_.size() > 1 ? kControl | kPairs : 0);
}

void VirtioNet::read_config(uint64_t offset, std::span<std::byte> to) const {
  const NetConfigSpace config = {mac_, link_ ? kLinkUp : uint16_t{0},
                                 static_cast<uint16_t>(pairs_.size())};
  copy_config(std::as_bytes(std::span(&config, 1)), offset, to);
}

void VirtioNet::start(uint64_t features, VirtioHost& host) {
  using namespace net_feature;
  features_ = features;
  host_ = &host;
  broken_ = false;
  control_ = kNoQueue;
  // Its place depends on whether the driver knows of the further pairs (5.1.2).
  if (features & kControl) control_ = (features & kPairs) ? receive_queue(backend_.pairs()) : 2;
  const unsigned active = (features & kPairs) ? active_ : 1;
  active_ = 1;
  backend_.attach(loop_, *this, features & kOffloads);
  use_pairs(active);
  link_changed();
}

void VirtioNet::stop(Stop) {
  if (!host_) return;
  backend_.detach();
  for (unsigned i = 0; i < pairs_.size(); ++i) {
    Pair& pair = pairs_[i];
    if (Virtqueue* queue = host_->queue(receive_queue(i))) {
      queue->put_back(static_cast<uint16_t>(pair.buffers.size()));
    }
    if (Virtqueue* queue = host_->queue(send_queue(i)); queue && pair.unsent) queue->put_back(1);
    pair = {};
  }
  turns_.clear();
  host_ = nullptr;
}

void VirtioNet::notified(unsigned queue) {
  if (queue == control_) {
    control();
  } else if (queue >= receive_queue(active_)) {
    return;  // no queue that is used now
  } else if (queue % 2 == 0) {
    receive(queue / 2);
  } else {
    transmit(queue / 2);
  }
}

// --- turns ---------------------------------------------------------------------------------

// The queue, if there is one and the device may use it.
Virtqueue* VirtioNet::usable(unsigned index) {
  return host_ && !broken_ ? host_->queue(index) : nullptr;
}

void VirtioNet::end_turn(unsigned index) {
  host_->used(index);
  const std::string& why = host_->queue(index)->broken();
  if (!why.empty()) fail(fmt::format("queue {}: {}", index, why));
}

void VirtioNet::fail(const std::string& why) {
  broken_ = true;
  for (unsigned i = 0; i < active_; ++i) backend_.want_packets(i, false);
  host_->needs_reset(why);
}

// --- from the driver -----------------------------------------------------------------------

void VirtioNet::transmit(unsigned number) {
  const unsigned index = send_queue(number);
  Virtqueue* queue = usable(index);
  Pair& pair = pairs_[number];
  if (!queue || pair.full) return;
  queue->hold_notifications();
  for (size_t done = 0; !broken_;) {
    if (done >= kTurn) {
      turns_.later(index);
      break;
    }
    if (!pair.unsent && !queue->take(pair.sending)) {
      if (!queue->notify_again()) break;
      queue->hold_notifications();
      done += kPacketCost;
      continue;
    }
    pair.unsent = true;
    done += kPacketCost + pair.sending.readable.size();
    if (send(number, pair.sending.readable) == Sent::kFull) {
      pair.full = true;
      break;
    }
    pair.unsent = false;
    if (traffic_) traffic_->net_sent += pair.sending.readable.size();
    queue->give_back(pair.sending.head, 0);
  }
  end_turn(index);
}

// Sends what a driver wants to be sent: a header and a packet.
Sent VirtioNet::send(unsigned pair, const Buffers& packet) {
  if (packet.size() < kNetHeaderSize) {
    fail(fmt::format("{} bytes to send, which is less than their header has", packet.size()));
    return Sent::kDone;
  }
  const size_t size = packet.size() - kNetHeaderSize;
  if (size < kEthernetHeader || size > kMostPacket) return Sent::kDone;
  if (with_header_) return backend_.send(pair, packet.vectors());
  vectors_ = packet.vectors();
  size_t skip = kNetHeaderSize, first = 0;
  while (skip >= vectors_[first].iov_len) skip -= vectors_[first++].iov_len;
  vectors_[first].iov_base = static_cast<std::byte*>(vectors_[first].iov_base) + skip;
  vectors_[first].iov_len -= skip;
  return backend_.send(pair, std::span(vectors_).subspan(first));
}

void VirtioNet::sendable(unsigned pair) {
  pairs_[pair].full = false;
  transmit(pair);
}

void VirtioNet::control() {
  Virtqueue* queue = usable(control_);
  if (!queue) return;
  Chain chain;
  for (unsigned left = kControlSize;; --left) {
    if (left == 0) {
      turns_.later(control_);
      break;
    }
    if (!queue->take(chain)) {
      if (!queue->notify_again()) break;
      continue;
    }
    const auto answer = static_cast<std::byte>(execute(chain.readable));
    queue->give_back(chain.head,
                     static_cast<uint32_t>(chain.writable.write(0, std::span(&answer, 1))));
  }
  end_turn(control_);
}

uint8_t VirtioNet::execute(const Buffers& command) {
  struct [[gnu::packed]] {
    uint8_t kind, number;
    uint16_t pairs;
  } bytes = {};
  if (command.read(0, std::as_writable_bytes(std::span(&bytes, 1))) < sizeof(bytes) ||
      bytes.kind != kControlPairs || bytes.number != kControlPairsSet ||
      !(features_ & net_feature::kPairs) || bytes.pairs < 1 || bytes.pairs > pairs_.size()) {
    return kControlError;
  }
  use_pairs(bytes.pairs);
  return kControlOk;
}

void VirtioNet::use_pairs(unsigned count) {
  const unsigned before = std::exchange(active_, count);
  if (before == count) return;
  backend_.use_pairs(count);
  // What the driver has put into queues that were not used until now.
  for (unsigned i = before; i < count; ++i) {
    turns_.later(receive_queue(i));
    turns_.later(send_queue(i));
  }
}

// --- to the driver ---------------------------------------------------------------------------

void VirtioNet::receive(unsigned number) {
  const unsigned index = receive_queue(number);
  Virtqueue* queue = usable(index);
  if (!queue) return backend_.want_packets(number, false);
  Pair& pair = pairs_[number];
  queue->hold_notifications();
  for (size_t done = 0; !broken_;) {
    if (done >= kTurn) {
      turns_.later(index);
      break;
    }
    if (pair.packet.empty()) pair.packet = backend_.receive(number);
    if (pair.packet.empty()) {
      backend_.want_packets(number, true);
      break;
    }
    if (!takes(pair)) {
      done += kPacketCost;
      pair.packet = {};
      continue;
    }
    const Room room = make_room(pair, *queue);
    if (room == Room::kWait) {
      // The back end keeps what comes until the driver notifies of new buffers.
      backend_.want_packets(number, false);
      if (!queue->notify_again()) break;
      queue->hold_notifications();
      continue;
    }
    if (room == Room::kEnough) deliver(pair, *queue);
    if (traffic_ && room == Room::kEnough) traffic_->net_received += pair.packet.size();
    done += kPacketCost + pair.packet.size();
    pair.packet = {};
  }
  end_turn(index);
}

// Takes chains until the next packet fits into those that are there. A packet that can never fit is
// dropped by the caller, and the chains are for the next one.
VirtioNet::Room VirtioNet::make_room(Pair& pair, Virtqueue& queue) {
  const bool mergeable = features_ & net_feature::kMergeable;
  const size_t needed = pair.packet.size() + (with_header_ ? 0 : kNetHeaderSize);
  while (pair.room < needed) {
    if (pair.buffers.size() == (mergeable ? queue.size() : 1)) return Room::kNever;
    Chain chain;
    if (!queue.take(chain)) return Room::kWait;
    const size_t size = chain.writable.size();
    pair.buffers.push_back(std::move(chain));
    pair.room += size;
    // Each has room for a header (5.1.6.3.1).
    if (size < kNetHeaderSize) {
      fail(
          fmt::format("a buffer of {} bytes to receive in, which is less than a header has", size));
      return Room::kNever;
    }
  }
  return Room::kEnough;
}

// Whether the driver has accepted the offloads that a packet needs. The back end may have one that
// it was given while another driver used the card.
bool VirtioNet::takes(const Pair& pair) const {
  using namespace net_feature;
  if (!with_header_) return true;
  NetHeader header;
  std::memcpy(&header, pair.packet.data(), kNetHeaderSize);
  uint64_t needed = (header.flags & kNeedsCsum) ? kGuestCsum : 0;
  if (header.gso_type & kGsoEcn) needed |= kGuestEcn;
  switch (header.gso_type & ~kGsoEcn) {
    case kGsoNone:
      break;
    case kGsoTcp4:
      needed |= kGuestTso4;
      break;
    case kGsoTcp6:
      needed |= kGuestTso6;
      break;
    default:
      return false;  // no other was asked for
  }
  return (needed & ~features_) == 0;
}

void VirtioNet::deliver(Pair& pair, Virtqueue& queue) {
  NetHeader header;
  auto rest = pair.packet;
  if (with_header_) {
    std::memcpy(&header, rest.data(), kNetHeaderSize);
    rest = rest.subspan(kNetHeaderSize);
  }
  // A driver that takes no partial checksums gets none, nor large packets (5.1.6.4.1).
  if (!(features_ & net_feature::kGuestCsum)) header = {};

  size_t count = 0;
  for (size_t room = 0; room < kNetHeaderSize + rest.size(); ++count) {
    room += pair.buffers[count].writable.size();
  }
  header.num_buffers = static_cast<uint16_t>(count);
  used_.clear();
  for (size_t i = 0; i < count; ++i) {
    const Chain& chain = pair.buffers[i];
    size_t written = 0;
    if (i == 0) written = chain.writable.write(0, std::as_bytes(std::span(&header, 1)));
    const size_t n = chain.writable.write(written, rest);
    rest = rest.subspan(n);
    used_.push_back({chain.head, static_cast<uint32_t>(written + n)});
    pair.room -= chain.writable.size();
  }
  // All at once: a driver that sees the first expects the others (5.1.6.4.1).
  queue.give_back(used_);
  pair.buffers.erase(pair.buffers.begin(), pair.buffers.begin() + static_cast<ptrdiff_t>(count));
}

// --- the link --------------------------------------------------------------------------------

void VirtioNet::link_changed() {
  const bool up = backend_.link_up();
  if (link_.exchange(up) != up) host_->config_changed();
  for (unsigned i = 0; i < active_; ++i) {
    if (std::exchange(pairs_[i].full, false)) turns_.later(send_queue(i));
  }
}

void VirtioNet::say(const std::string& line) { host_->say(line); }

// --- save and restore ------------------------------------------------------------------------

nlohmann::json VirtioNet::save() const {
  return {{"mac", write_mac(mac_)}, {"link", link_.load()}, {"pairs", active_}};
}

void VirtioNet::restore(const nlohmann::json& state) {
  try {
    const auto mac = parse_mac(state.at("mac").get<std::string>());
    const bool link = state.at("link");
    const auto pairs = state.at("pairs").get<uint64_t>();
    if (!mac || pairs < 1 || pairs > pairs_.size()) {
      throw SetupError("state of virtio-net", "it is of another card",
                       "give it the same queues= as the one that was saved");
    }
    mac_ = *mac;
    link_ = link;
    active_ = static_cast<unsigned>(pairs);
  } catch (const nlohmann::json::exception& error) {
    throw SetupError("state of virtio-net", error.what());
  }
}

}  // namespace hvk
