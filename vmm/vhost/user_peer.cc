// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/user_peer.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/local_socket.h"
#include "virtio/device.h"

namespace hvk {
namespace {

using namespace vhost_user;

constexpr uint64_t kQueueFeatures = virtio_feature::kIndirect | virtio_feature::kEventIndex;
constexpr uint32_t kNetworkCard = 1;
// In the u64 that comes with an eventfd: that none does.
constexpr uint64_t kNoFile = 1 << 8;

}  // namespace

UserPeer::UserPeer(const std::string& what, Options options) : options_(std::move(options)) {
  Fd socket = try_connect(what, options_.path);
  if (!socket)
    throw_errno(what + ": " + options_.path, "is the back end running, and listens there?");
  link_.emplace(std::move(socket), options_.patience);
  if (!greet()) throw SetupError(what, why());
}

UserPeer::UserPeer(const std::string& what, Options options, Fd socket)
    : options_(std::move(options)) {
  link_.emplace(std::move(socket), options_.patience);
  if (!greet()) throw SetupError(what, why());
}

void UserPeer::drop() {
  if (link_) why_ = link_->why();
  link_.reset();
}

bool UserPeer::connect(int interrupt) {
  if (options_.path.empty()) return false;
  why_.clear();
  Fd socket = try_connect(std::string(options_.kind.name), options_.path);
  if (!socket) {
    // Nobody there, or nobody listening yet, is what is waited for; anything else lasts.
    if (errno != ENOENT && errno != ECONNREFUSED && errno != EAGAIN) {
      why_ = fmt::format("{}: {}", options_.path, std::strerror(errno));
    }
    return false;
  }
  link_.emplace(std::move(socket), options_.patience);
  link_->interrupt_by(interrupt);
  const bool good = greet();
  link_->interrupt_by(-1);
  if (good) return true;
  // That is nothing to tell the person: the back end is tried again.
  const bool interrupted = link_->interrupted();
  drop();
  if (interrupted) why_.clear();
  return false;
}

bool UserPeer::greet() {
  uint64_t offered = 0;
  if (!link_->ask(Request::kGetFeatures, offered)) return false;
  if (!(offered & virtio_feature::kVersion1)) {
    return link_->give_up("its back end has no devices of virtio 1.0");
  }
  has_protocol_ = offered & kProtocolFeatures;
  protocol_ = 0;
  if (has_protocol_ && !greet_protocol()) return false;
  if (inflight_ && !(protocol_ & kInflight)) {
    return link_->give_up("its new back end keeps no note of requests, as the old one did");
  }
  if (!link_->tell(Request::kSetOwner, std::span<const std::byte>())) return false;

  const uint64_t mine =
      offered & (options_.kind.features | kQueueFeatures | virtio_feature::kVersion1);
  // Those that the guest was once offered, it is offered for good.
  if (features_ & ~mine) {
    return link_->give_up(
        fmt::format("its new back end lacks features {:#x} of the old one", features_ & ~mine));
  }
  if (features_ == 0) features_ = mine;
  return greet_queues() && read_config();
}

bool UserPeer::greet_queues() {
  if (!(protocol_ & kMultiQueue)) {
    // It has the device's own queues, and cannot have others.
    if (!options_.kind.more || options_.queues == 1) return true;
    return link_->give_up("its back end has one queue for requests; leave queues= away");
  }
  uint64_t most = 0;
  if (!link_->ask(Request::kGetQueueNum, most)) return false;
  // Of network cards some count the queues, and some the pairs.
  const unsigned needed = options_.kind.id == kNetworkCard ? queues() / 2 : queues();
  if (needed <= most) return true;
  return link_->give_up(fmt::format("its back end has {} queues, {} are needed", most, needed));
}

bool UserPeer::greet_protocol() {
  uint64_t offered = 0;
  if (!link_->ask(Request::kGetProtocolFeatures, offered)) return false;
  protocol_ = offered & (kMultiQueue | kReplyAck | kBackendRequests | kConfig | kInflight);
  if (!link_->tell(Request::kSetProtocolFeatures, protocol_)) return false;
  if (protocol_ & kReplyAck) link_->expect_acknowledgements();
  return !(protocol_ & kBackendRequests) || link_->open_requests();
}

bool UserPeer::read_config() {
  const size_t size = options_.kind.config;
  if (size == 0) return true;
  if (!(protocol_ & kConfig)) {
    return link_->give_up("its back end does not tell the device's configuration");
  }
  const ConfigHeader header = {0, static_cast<uint32_t>(size), 0};
  std::vector<std::byte> message(sizeof(header) + size);
  std::memcpy(message.data(), &header, sizeof(header));
  std::vector<std::byte> answer(message.size());
  if (!link_->ask(Request::kGetConfig, message, answer)) return false;
  config_.assign(answer.begin() + sizeof(header), answer.end());
  return true;
}

// --- the queues ----------------------------------------------------------------------------

bool UserPeer::begin(uint64_t features, GuestMemory& memory) {
  if (!link_) return false;
  features &= features_;
  if (has_protocol_) features |= kProtocolFeatures;
  started_.clear();
  const MemTable table = {1, 0, memory.base(), memory.size(), address_of(memory.bytes()), 0};
  return link_->tell(Request::kSetFeatures, features) &&
         (!(protocol_ & kInflight) ||
          (inflight_ ? send_inflight() : new_inflight(options_.kind.queue_size))) &&
         link_->tell(Request::kSetMemTable, table, memory.fd());
}

bool UserPeer::can_resume(const Virtqueue& queue) const {
  return options_.kind.replays || inflight_ || queue.used_in_order();
}

bool UserPeer::new_inflight(uint16_t queue_size) {
  inflight_place_ = {0, 0, static_cast<uint16_t>(queues()), queue_size, 0};
  const auto place = std::as_writable_bytes(std::span(&inflight_place_, 1));
  if (!link_->ask(Request::kGetInflightFd, place, place, &inflight_)) return false;
  // A size of 0 says that it keeps none.
  if (inflight_place_.size == 0) inflight_ = Fd();
  if (inflight_place_.size != 0 && !inflight_) {
    return link_->give_up("its back end answers GET_INFLIGHT_FD without a file");
  }
  return !inflight_ || send_inflight();
}

bool UserPeer::send_inflight() {
  return link_->tell(Request::kSetInflightFd, inflight_place_, inflight_.get());
}

bool UserPeer::set_event(Request request, unsigned index, int fd) {
  return link_->tell(request, uint64_t{index} | (fd < 0 ? kNoFile : 0), fd);
}

bool UserPeer::start_queue(unsigned index, const Virtqueue& queue, const Events& events) {
  if (!link_) return false;
  const Virtqueue::Areas areas = queue.areas();
  const uint16_t next = queue.position().next;
  started_.push_back(index);
  return link_->tell(Request::kSetVringNum, VringState{index, queue.size()}) &&
         link_->tell(Request::kSetVringBase, VringState{index, next}) &&
         link_->tell(Request::kSetVringAddr,
                     VringAddr{index, 0, address_of(areas.descriptors), address_of(areas.used),
                               address_of(areas.available), 0}) &&
         set_event(Request::kSetVringErr, index, events.error) &&
         set_event(Request::kSetVringCall, index, events.call) &&
         set_event(Request::kSetVringKick, index, events.kick);
}

bool UserPeer::run(bool running) {
  if (!link_) return false;
  // Without features of the protocol, a queue is served from its first notification on.
  if (!has_protocol_) return true;
  for (const unsigned index : started_) {
    if (!link_->tell(Request::kSetVringEnable, VringState{index, running})) return false;
  }
  return true;
}

bool UserPeer::stop_queue(unsigned index, Virtqueue& queue) {
  const VringState which = {index, 0};
  VringState base = {};
  const bool stopped =
      link_ && link_->ask(Request::kGetVringBase, std::as_bytes(std::span(&which, 1)),
                          std::as_writable_bytes(std::span(&base, 1)));
  // Without an answer it is only known what was given back.
  queue.resume_at(stopped ? static_cast<uint16_t>(base.number) : queue.used_index());
  return stopped;
}

}  // namespace hvk
