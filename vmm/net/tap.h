// SPDX-License-Identifier: GPL-2.0-or-later
// A tap interface of the host: what the guest sends comes into the host's kernel there. Large
// packets and checksums are the kernel's work where the guest leaves them to it.
//
// The kernel checks what a guest's packet header says; a packet that it refuses is lost.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "net/net_backend.h"

namespace hvk {

class Tap final : public NetBackend {
 public:
  // Opens the interface `name`, or makes it, which only an administrator may. Throws SetupError.
  Tap(const std::string& name, unsigned pairs);

  uint64_t offloads() const override { return net_feature::kOffloads; }
  unsigned pairs() const override { return static_cast<unsigned>(queues_.size()); }
  bool link_up() const override { return up_; }
  // Says what the kernel may leave to the guest, which has accepted `features`. Returns false, with
  // errno set, if the kernel refuses.
  bool offload(uint64_t features);
  // The descriptor of its first pair of queues.
  int fd() const { return queues_[0].fd.get(); }
  void attach(EventLoop& loop, NetUser& user, uint64_t features) override;
  void detach() override;
  void use_pairs(unsigned count) override;
  std::span<const std::byte> receive(unsigned pair) override;
  void want_packets(unsigned pair, bool wanted) override;
  Sent send(unsigned pair, std::span<const iovec> packet) override;

 private:
  struct Queue {
    Fd fd;
    std::vector<std::byte> packet;  // allocated by the first `receive`
    bool in_use = false;            // the kernel gives packets to it
    bool wanted = true, full = false;
    std::unique_ptr<Watch> watch;
  };

  Fd open_queue(unsigned pairs) const;
  void attach_queue(Queue& queue, bool in_use);
  void ready(unsigned pair);
  void lost(const std::string& why);

  const std::string name_;
  std::vector<Queue> queues_;
  std::atomic<bool> up_ = true;
  NetUser* user_ = nullptr;
};

}  // namespace hvk
