// SPDX-License-Identifier: GPL-2.0-or-later
// The host's kernel as the peer of a device: /dev/vhost-vsock, /dev/vhost-net and others of their
// kind (Linux, <linux/vhost.h>). It reads the driver's queues from this process's mapping of guest
// memory.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "vhost/vhost_peer.h"

namespace hvk {

class KernelPeer : public VhostPeer {
 public:
  // Opens `path`, for `what` of the user's ("--vsock 3"), and takes it for this process. Throws
  // SetupError.
  KernelPeer(const std::string& what, const std::string& path);

  // The features that the kernel's device offers, those of queues among them. Constant.
  uint64_t features() const override { return features_; }

  bool begin(uint64_t features, GuestMemory& memory) override;
  bool start_queue(unsigned index, const Virtqueue& queue, const Events& events) override;
  bool stop_queue(unsigned index, Virtqueue& queue) override;
  std::string why() const override { return why_; }

 protected:
  // An ioctl on the device. Returns false, notes why and leaves errno as it is, if it fails.
  bool call(unsigned long request, const char* name, const void* argument);

 private:
  Fd fd_;
  uint64_t features_ = 0;
  std::string why_;
};

}  // namespace hvk
