// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/virtio_rng.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace hvk {

bool VirtioRng::host(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK);
    // Early in the host's boot it has not enough entropy yet; a driver that gets nothing at all may
    // never ask again.
    if (n < 0 && errno == EAGAIN) n = ::getrandom(bytes.data(), bytes.size(), GRND_INSECURE);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return true;
}

void VirtioRng::notified(unsigned queue) {
  Virtqueue& requests = *host_->queue(queue);
  Chain chain;
  do {
    while (requests.take(chain)) {
      std::array<std::byte, kMost> bytes;
      const auto wanted = std::span(bytes).first(std::min<size_t>(kMost, chain.writable.size()));
      const size_t n = source_(wanted) ? chain.writable.write(0, wanted) : 0;
      requests.give_back(chain.head, static_cast<uint32_t>(n));
    }
  } while (requests.notify_again());
  host_->used(queue);
}

}  // namespace hvk
