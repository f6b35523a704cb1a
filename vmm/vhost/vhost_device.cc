// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/vhost_device.h"

#include <fmt/format.h>

namespace hvk {

void VhostDevice::start(uint64_t features, VirtioHost& host) {
  features_ = features;
  host_ = &host;
  if (!give_queues()) host.needs_reset(peer_.why());
}

void VhostDevice::stop(Stop) {
  if (!host_) return;
  if (!take_queues()) host_->say(fmt::format("{}: {}", name(), peer_.why()));
  host_ = nullptr;
}

bool VhostDevice::give_queues() {
  // A driver may set up no queue at all, and then there is nothing to serve.
  bool any = false;
  for (unsigned index = 0; index < served(); ++index) any = any || host_->queue(index);
  if (!any) return true;
  for (unsigned index = 0; takes_all() && index < served(); ++index) {
    if (host_->queue(index)) continue;
    host_->needs_reset(fmt::format("the driver has not set up queue {}", index));
    return true;
  }
  peer_.new_work();
  // Of an error that was signalled before a reset.
  error_.take();
  watch_.emplace(loop_, error_.get(), [this] {
    error_.take();
    host_->needs_reset("its back end cannot go on with a queue of the driver's");
  });
  bool good = peer_.begin(features_, memory_);
  for (unsigned index = 0; good && index < served(); ++index) {
    const Virtqueue* queue = host_->queue(index);
    if (!queue) continue;
    given_ |= uint64_t{1} << index;
    handed_ = true;
    good = peer_.start_queue(index, *queue,
                             {host_->give_bell(index), host_->interrupt_event(), error_.get()});
  }
  if (good && peer_.run(true)) return true;
  take_queues();
  return false;
}

bool VhostDevice::take_queues() {
  peer_.new_work();
  bool good = given_ == 0 || peer_.run(false);
  for (unsigned index = 0; given_ != 0; ++index, given_ >>= 1) {
    if (!(given_ & 1)) continue;
    good = peer_.stop_queue(index, *host_->queue(index)) && good;
    host_->take_bell(index);
  }
  watch_.reset();
  return good;
}

}  // namespace hvk
