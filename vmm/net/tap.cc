// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/tap.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace hvk {
namespace {

constexpr const char* kDevice = "/dev/net/tun";
constexpr size_t kBuffer = kNetHeaderSize + kMostPacket;

// What to do about an interface that TUNSETIFF refused with `error`.
std::string remedy(int error, const std::string& name, bool several) {
  const char* queues = several ? " multi_queue" : "";
  switch (error) {
    case EPERM:
      return fmt::format("as root, 'ip tuntap add dev {} mode tap{} user USER' makes it for a user",
                         name, queues);
    case EBUSY:
      return "another program has it; each guest needs an interface of its own";
    case EINVAL:
      return fmt::format(
          "an interface of that name is of another kind; it is made by 'ip tuntap add dev {} mode "
          "tap{}'",
          name, queues);
    default:
      return {};
  }
}

}  // namespace

Tap::Tap(const std::string& name, unsigned pairs) : name_(name) {
  for (unsigned i = 0; i < pairs; ++i) {
    Queue& queue = queues_.emplace_back();
    queue.fd = open_queue(pairs);
    queue.in_use = true;
    if (i > 0) attach_queue(queue, false);
  }
}

Fd Tap::open_queue(unsigned pairs) const {
  const std::string what = "--net tap,ifname=" + name_;
  Fd fd(::open(kDevice, O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    const bool missing = errno == ENOENT || errno == ENODEV;
    throw_errno(fmt::format("{}: {}", what, kDevice),
                missing ? "'modprobe tun' loads the kernel's driver, if it has one" : "");
  }
  ifreq request = {};
  name_.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_flags =
      static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (pairs > 1 ? IFF_MULTI_QUEUE : 0));
  if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) {
    const int error = errno;
    throw_errno(what, remedy(error, name_, pairs > 1));
  }
  const int size = kNetHeaderSize;
  if (::ioctl(fd.get(), TUNSETVNETHDRSZ, &size) != 0) throw_errno(what + ": TUNSETVNETHDRSZ");
  return fd;
}

// Lets the kernel give packets to the queue, or to the other queues only.
void Tap::attach_queue(Queue& queue, bool in_use) {
  if (queue.in_use == in_use) return;
  ifreq request = {};
  request.ifr_flags = static_cast<short>(in_use ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE);
  if (::ioctl(queue.fd.get(), TUNSETQUEUE, &request) == 0) queue.in_use = in_use;
}

bool Tap::offload(uint64_t features) {
  using namespace net_feature;
  // Large packets need partial checksums.
  unsigned offloads = 0;
  if (features & kGuestCsum) {
    offloads |= TUN_F_CSUM;
    if (features & kGuestTso4) offloads |= TUN_F_TSO4;
    if (features & kGuestTso6) offloads |= TUN_F_TSO6;
    if ((features & kGuestEcn) && (features & (kGuestTso4 | kGuestTso6))) {
      offloads |= TUN_F_TSO_ECN;
    }
  }
  return ::ioctl(fd(), TUNSETOFFLOAD, offloads) == 0;
}

void Tap::attach(EventLoop& loop, NetUser& user, uint64_t features) {
  user_ = &user;
  if (!offload(features)) {
    user.say(fmt::format("network {}: the kernel refuses the guest's offloads: {}", name_,
                         std::strerror(errno)));
  }
  if (!up_) return;
  for (unsigned i = 0; i < queues_.size(); ++i) {
    Queue& queue = queues_[i];
    queue.wanted = i == 0;
    queue.full = false;
    queue.watch = std::make_unique<Watch>(loop, queue.fd.get(), [this, i] { ready(i); });
    queue.watch->want(queue.wanted);
  }
}

void Tap::detach() {
  use_pairs(1);
  // What comes before the next driver is there has no offloads that it may not know.
  offload(0);
  for (Queue& queue : queues_) queue.watch.reset();
  user_ = nullptr;
}

void Tap::use_pairs(unsigned count) {
  for (unsigned i = 1; i < queues_.size(); ++i) {
    attach_queue(queues_[i], i < count);
    want_packets(i, i < count);
  }
}

void Tap::ready(unsigned pair) {
  Queue& queue = queues_[pair];
  pollfd one = {queue.fd.get(), POLLOUT, 0};
  if (queue.full && ::poll(&one, 1, 0) > 0) {
    queue.full = false;
    want_packets(pair, queue.wanted);
    user_->sendable(pair);
  }
  if (queue.wanted) user_->receivable(pair);
}

void Tap::want_packets(unsigned pair, bool wanted) {
  Queue& queue = queues_[pair];
  queue.wanted = wanted;
  if (queue.watch) queue.watch->want(wanted, queue.full);
}

// The interface was removed.
void Tap::lost(const std::string& why) {
  if (!up_.exchange(false)) return;
  for (Queue& queue : queues_) queue.watch.reset();
  user_->say(fmt::format("network {}: {}; the guest's link is down", name_, why));
  user_->link_changed();
}

std::span<const std::byte> Tap::receive(unsigned pair) {
  Queue& queue = queues_[pair];
  if (!up_ || !queue.in_use) return {};
  queue.packet.resize(kBuffer);
  const ssize_t n = ::read(queue.fd.get(), queue.packet.data(), queue.packet.size());
  // Other errors are about this packet.
  const bool gone = n < 0 && (errno == EBADFD || errno == ENODEV || errno == EIO);
  if (gone) lost(std::strerror(errno));
  // A packet has at least a byte behind its header.
  if (n <= static_cast<ssize_t>(kNetHeaderSize)) return {};
  return std::span<const std::byte>(queue.packet).first(static_cast<size_t>(n));
}

Sent Tap::send(unsigned pair, std::span<const iovec> packet) {
  Queue& queue = queues_[pair];
  if (!up_) return Sent::kDone;
  const ssize_t n = ::writev(queue.fd.get(), packet.data(), static_cast<int>(packet.size()));
  // Any other error is about this packet, or says that the interface is down: the packet is lost.
  if (n >= 0 || errno != EAGAIN) return Sent::kDone;
  queue.full = true;
  want_packets(pair, queue.wanted);
  return Sent::kFull;
}

}  // namespace hvk
