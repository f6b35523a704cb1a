// SPDX-License-Identifier: GPL-2.0-or-later
// A network of one guest behind the host's own connections, by libslirp. One thread.
//
// The addresses are QEMU's: 10.0.2.0/24 and fec0::/64, the host 10.0.2.2, DNS 10.0.2.3, and the
// guest is given 10.0.2.15.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <slirp/libslirp.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <vector>

namespace hvk {

class SlirpNet {
 public:
  // `to_guest` is called with each packet for the guest, from within the functions below. If
  // `restricted`, the guest reaches nothing but what is forwarded. Throws SetupError.
  SlirpNet(bool restricted, std::function<void(std::span<const std::byte>)> to_guest);
  ~SlirpNet();
  SlirpNet(const SlirpNet&) = delete;
  SlirpNet& operator=(const SlirpNet&) = delete;

  // Has a port of the host lead to one of the guest, 0.0.0.0 being the address that it is given.
  // Returns false if the host's port cannot be had; errno then says why.
  bool forward(bool udp, in_addr host, uint16_t host_port, in_addr guest, uint16_t guest_port);

  // A packet from the guest. Whatever it is, at most kMostPacket bytes.
  void from_guest(std::span<const std::byte> packet);

  // Appends what poll(2) has to wait for, and returns for how many milliseconds at most, -1 being
  // for ever. `serve` does what there is to do then; `fds` are the same, after poll(2).
  int prepare(std::vector<pollfd>& fds);
  void serve(std::span<const pollfd> fds, bool failed);

 private:
  struct Timer {
    SlirpTimerCb call;
    void* of;
    int64_t due;  // in milliseconds; negative: never
  };
  static const SlirpCb kCallbacks;

  std::function<void(std::span<const std::byte>)> to_guest_;
  std::list<Timer> timers_;
  Slirp* slirp_ = nullptr;
};

}  // namespace hvk
