// SPDX-License-Identifier: GPL-2.0-or-later
#include "net_user/slirp_net.h"

#include <arpa/inet.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace hvk {
namespace {

constexpr int64_t kMillisecond = 1'000'000;  // in nanoseconds

int64_t now_ns() {
  timespec time;
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

in_addr address(const char* text) {
  in_addr parsed = {};
  ::inet_pton(AF_INET, text, &parsed);
  return parsed;
}

in6_addr address6(const char* text) {
  in6_addr parsed = {};
  ::inet_pton(AF_INET6, text, &parsed);
  return parsed;
}

// libslirp's words for events, and poll(2)'s.
constexpr std::pair<int, short> kEvents[] = {{SLIRP_POLL_IN, POLLIN},
                                             {SLIRP_POLL_OUT, POLLOUT},
                                             {SLIRP_POLL_PRI, POLLPRI},
                                             {SLIRP_POLL_ERR, POLLERR},
                                             {SLIRP_POLL_HUP, POLLHUP}};

int add_poll(int fd, int events, void* list) {
  auto& fds = *static_cast<std::vector<pollfd>*>(list);
  pollfd one = {fd, 0, 0};
  for (const auto& [theirs, ours] : kEvents) {
    if (events & theirs) one.events = static_cast<short>(one.events | ours);
  }
  fds.push_back(one);
  return static_cast<int>(fds.size()) - 1;
}

int events_of(int index, void* list) {
  const auto& fds = *static_cast<std::span<const pollfd>*>(list);
  int events = 0;
  if (index < 0 || static_cast<size_t>(index) >= fds.size()) return 0;
  for (const auto& [theirs, ours] : kEvents) {
    if (fds[static_cast<size_t>(index)].revents & ours) events |= theirs;
  }
  return events;
}

}  // namespace

const SlirpCb SlirpNet::kCallbacks = {
    .send_packet = [](const void* packet, size_t size, void* self) -> ssize_t {
      static_cast<SlirpNet*>(self)->to_guest_({static_cast<const std::byte*>(packet), size});
      return static_cast<ssize_t>(size);
    },
    // What a guest does wrong is its own matter.
    .guest_error = [](const char*, void*) {},
    .clock_get_ns = [](void*) { return now_ns(); },
    .timer_new = [](SlirpTimerCb call, void* of, void* self) -> void* {
      return &static_cast<SlirpNet*>(self)->timers_.emplace_back(Timer{call, of, -1});
    },
    .timer_free =
        [](void* timer, void* self) {
          static_cast<SlirpNet*>(self)->timers_.remove_if(
              [&](const Timer& one) { return &one == timer; });
        },
    .timer_mod = [](void* timer, int64_t due, void*) { static_cast<Timer*>(timer)->due = due; },
    .register_poll_fd = [](int, void*) {},
    .unregister_poll_fd = [](int, void*) {},
    // All of it runs in one thread, which asks before each wait.
    .notify = [](void*) {},
    .init_completed = nullptr,
    .timer_new_opaque = nullptr,
};

SlirpNet::SlirpNet(bool restricted, std::function<void(std::span<const std::byte>)> to_guest)
    : to_guest_(std::move(to_guest)) {
  SlirpConfig config = {};
  config.version = 1;
  config.restricted = restricted;
  config.in_enabled = true;
  config.vnetwork = address("10.0.2.0");
  config.vnetmask = address("255.255.255.0");
  config.vhost = address("10.0.2.2");
  config.vdhcp_start = address("10.0.2.15");
  config.vnameserver = address("10.0.2.3");
  config.in6_enabled = true;
  config.vprefix_addr6 = address6("fec0::");
  config.vprefix_len = 64;
  config.vhost6 = address6("fec0::2");
  config.vnameserver6 = address6("fec0::3");
  slirp_ = ::slirp_new(&config, &kCallbacks, this);
  if (!slirp_) throw SetupError("libslirp refuses to start");
}

SlirpNet::~SlirpNet() { ::slirp_cleanup(slirp_); }

bool SlirpNet::forward(bool udp, in_addr host, uint16_t host_port, in_addr guest,
                       uint16_t guest_port) {
  return ::slirp_add_hostfwd(slirp_, udp, host, host_port, guest, guest_port) == 0;
}

void SlirpNet::from_guest(std::span<const std::byte> packet) {
  ::slirp_input(slirp_, reinterpret_cast<const uint8_t*>(packet.data()),
                static_cast<int>(packet.size()));
}

int SlirpNet::prepare(std::vector<pollfd>& fds) {
  uint32_t timeout = UINT32_MAX;
  ::slirp_pollfds_fill(slirp_, &timeout, add_poll, &fds);
  int64_t wait = timeout == UINT32_MAX ? INT64_MAX : int64_t{timeout};
  const int64_t now = now_ns() / kMillisecond;
  for (const Timer& timer : timers_) {
    if (timer.due >= 0) wait = std::min(wait, std::max<int64_t>(timer.due - now, 0));
  }
  return wait == INT64_MAX ? -1 : static_cast<int>(std::min<int64_t>(wait, INT32_MAX));
}

void SlirpNet::serve(std::span<const pollfd> fds, bool failed) {
  ::slirp_pollfds_poll(slirp_, failed, events_of, &fds);
  const int64_t now = now_ns() / kMillisecond;
  for (Timer& timer : timers_) {
    if (timer.due < 0 || timer.due > now) continue;
    timer.due = -1;
    timer.call(timer.of);
  }
}

}  // namespace hvk
