// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/user_device.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace hvk {
namespace {

// How often a back end that has gone is looked for, in ns. There is nothing to wait for: its socket
// may be there before anybody listens at it.
constexpr uint64_t kLookTime = 200'000'000;

// The field of a disk's configuration that says how many queues it has (virtio 1.2, 5.2.4).
constexpr size_t kDiskQueues = 34;

}  // namespace

UserDevice::UserDevice(EventLoop& loop, UserPeer& peer, GuestMemory& memory,
                       std::vector<std::byte> config)
    : VhostDevice(loop, peer, memory),
      peer_(peer),
      kind_(peer.options().kind),
      sizes_(peer.queues(), peer.options().kind.queue_size),
      config_(std::move(config)),
      looking_(loop, alarm_.get(), [this] { look_again(); }) {
  peer_.forget();
  take_config();
  config_is_new_ = false;
  watch_link();
}

uint64_t UserDevice::features() const {
  return (peer_.features() & kind_.features) | kind_.own_features;
}

void UserDevice::read_config(uint64_t offset, std::span<std::byte> to) const {
  const std::lock_guard lock(config_mutex_);
  copy_config(config_, offset, to);
}

void UserDevice::take_config() {
  if (kind_.config == 0) return;
  std::vector<std::byte> config = peer_.config();
  if (kind_.type == "blk") {
    // The back end says how many it could have.
    const auto queues = static_cast<uint16_t>(sizes_.size());
    std::memcpy(config.data() + kDiskQueues, &queues, sizeof(queues));
  }
  {
    const std::lock_guard lock(config_mutex_);
    if (config == config_) return;
    config_ = std::move(config);
  }
  if (host_) {
    host_->config_changed();
  } else {
    config_is_new_ = true;
  }
}

// --- the connection ------------------------------------------------------------------------

void UserDevice::watch_link() {
  if (!peer_.link()) {
    alarm_.repeat(kLookTime);
    return;
  }
  link_watch_.emplace(loop_, peer_.link()->fd(), [this] { link_ready(); });
  if (peer_.link()->requests() >= 0) {
    requests_watch_.emplace(loop_, peer_.link()->requests(), [this] { requests_ready(); });
  }
}

void UserDevice::ignore_link() {
  link_watch_.reset();
  requests_watch_.reset();
}

void UserDevice::link_ready() {
  if (!peer_.link()->look()) lost();
}

void UserDevice::requests_ready() {
  UserLink& link = *peer_.link();
  if (!link.take_requests()) return lost();
  if (link.requests() < 0) requests_watch_.reset();
  follow_config();
}

// The back end may say that its configuration is another while it is asked for something else.
void UserDevice::follow_config() {
  while (peer_.link() && peer_.link()->take_config_change()) {
    peer_.new_work();
    if (!peer_.read_config()) return lost();
    take_config();
  }
}

void UserDevice::lost() {
  if (host_) take_queues();
  // What the driver makes available from now on, no back end has had.
  for (unsigned index = 0; host_ && was_given_ && index < served(); ++index) {
    const Virtqueue* queue = host_->queue(index);
    requests_lost_ = requests_lost_ || (queue && !peer_.can_resume(*queue));
  }
  ignore_link();
  peer_.drop();
  const std::string& path = peer_.options().path;
  if (!path.empty()) alarm_.repeat(kLookTime);
  if (!host_) return;
  const std::string why = peer_.why().empty() ? "it has no back end" : peer_.why();
  if (path.empty()) return host_->needs_reset(why + " and will not come back");
  host_->say(fmt::format("{}: {}; it waits until one listens at {}", name(), why, path));
}

void UserDevice::look_again() {
  alarm_.take();
  // Who waits for this thread, for a reset or the guest's end, does not wait for an answer.
  if (!peer_.connect(loop_.awaited())) {
    if (host_ && !peer_.why().empty()) host_->say(fmt::format("{}: {}", name(), peer_.why()));
    return;
  }
  alarm_.repeat(0);
  watch_link();
  take_config();
  if (host_ && join()) host_->say(fmt::format("{}: a back end is there again", name()));
}

// --- the queues ----------------------------------------------------------------------------

void UserDevice::start(uint64_t features, VirtioHost& host) {
  features_ = features;
  host_ = &host;
  was_given_ = requests_lost_ = false;
  // The driver may have read the old one on its way to the start.
  if (std::exchange(config_is_new_, false)) host.config_changed();
  join();
}

// Gives the queues to the back end that is there now. Returns whether it has them.
bool UserDevice::join() {
  if (requests_lost_) {
    host_->needs_reset("its back end has gone, with requests of the driver");
    return false;
  }
  handed_ = false;
  const bool given = give_queues();
  // One that refuses a queue may have served another already.
  was_given_ = was_given_ || handed_;
  if (!given) lost();
  follow_config();
  return given;
}

void UserDevice::stop(Stop stop) {
  VhostDevice::stop(stop);
  if (peer_.link() && !peer_.link()->why().empty()) lost();
  follow_config();
}

}  // namespace hvk
