// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/vsock.h"

#include <fmt/format.h>
// Leaves out functions of the header that are no C++.
#define VIRTIO_RING_NO_LEGACY
#include <linux/vhost.h>

#include "base/error.h"

namespace hvk {
namespace {

constexpr uint64_t kSeqpacket = 1 << 1;  // VIRTIO_VSOCK_F_SEQPACKET

}  // namespace

VsockPeer::VsockPeer(uint32_t cid)
    : KernelPeer(fmt::format("--vsock {}", cid), "/dev/vhost-vsock"), cid_(cid) {
  const uint64_t guest_cid = cid;
  if (call(VHOST_VSOCK_SET_GUEST_CID, "SET_GUEST_CID", &guest_cid)) return;
  throw_errno(fmt::format("--vsock {}", cid),
              errno == EADDRINUSE ? "another guest has this context ID: give each its own"
                                  : "a context ID is a number from 3 on");
}

bool VsockPeer::run(bool running) {
  const int value = running;
  return call(VHOST_VSOCK_SET_RUNNING, "SET_RUNNING", &value);
}

uint64_t Vsock::features() const { return peer_.features() & kSeqpacket; }

void Vsock::read_config(uint64_t offset, std::span<std::byte> to) const {
  const uint64_t cid = peer_.cid();
  copy_config(std::as_bytes(std::span(&cid, 1)), offset, to);
}

}  // namespace hvk
