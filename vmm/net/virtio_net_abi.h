// SPDX-License-Identifier: GPL-2.0-or-later
// What driver and device of a virtio network agree on (virtio 1.2, section 5.1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hvk {

// Feature bits (5.1.3).
namespace net_feature {
inline constexpr uint64_t kCsum = uint64_t{1} << 0;
inline constexpr uint64_t kGuestCsum = uint64_t{1} << 1;
inline constexpr uint64_t kMac = uint64_t{1} << 5;
inline constexpr uint64_t kGuestTso4 = uint64_t{1} << 7;
inline constexpr uint64_t kGuestTso6 = uint64_t{1} << 8;
inline constexpr uint64_t kGuestEcn = uint64_t{1} << 9;
inline constexpr uint64_t kHostTso4 = uint64_t{1} << 11;
inline constexpr uint64_t kHostTso6 = uint64_t{1} << 12;
inline constexpr uint64_t kHostEcn = uint64_t{1} << 13;
inline constexpr uint64_t kMergeable = uint64_t{1} << 15;  // VIRTIO_NET_F_MRG_RXBUF
inline constexpr uint64_t kStatus = uint64_t{1} << 16;
inline constexpr uint64_t kControl = uint64_t{1} << 17;  // VIRTIO_NET_F_CTRL_VQ
inline constexpr uint64_t kPairs = uint64_t{1} << 22;    // VIRTIO_NET_F_MQ

// Work on packets that one side may leave to the other one.
inline constexpr uint64_t kOffloads =
    kCsum | kGuestCsum | kGuestTso4 | kGuestTso6 | kGuestEcn | kHostTso4 | kHostTso6 | kHostEcn;
}  // namespace net_feature

// Stands before each packet in a queue (5.1.6).
struct NetHeader {
  uint8_t flags = 0;
  uint8_t gso_type = 0;
  uint16_t hdr_len = 0;
  uint16_t gso_size = 0;
  uint16_t csum_start = 0;
  uint16_t csum_offset = 0;
  uint16_t num_buffers = 0;
};
inline constexpr uint8_t kNeedsCsum = 1;                                            // of `flags`
inline constexpr uint8_t kGsoNone = 0, kGsoTcp4 = 1, kGsoTcp6 = 4, kGsoEcn = 0x80;  // of `gso_type`
inline constexpr size_t kNetHeaderSize = sizeof(NetHeader);
static_assert(kNetHeaderSize == 12);

// The configuration (5.1.4), as far as its fields are offered.
struct [[gnu::packed]] NetConfigSpace {
  std::array<uint8_t, 6> mac;
  uint16_t status;
  uint16_t max_pairs;
};
static_assert(sizeof(NetConfigSpace) == 10);
inline constexpr uint16_t kLinkUp = 1;  // of `status`

// Control queue (5.1.6.5): a class, a command, data; and the answer.
inline constexpr uint8_t kControlPairs = 4, kControlPairsSet = 0;
inline constexpr uint8_t kControlOk = 0, kControlError = 1;

// The longest packet, without its header: 64 KiB that a TCP offload makes, and an Ethernet header.
inline constexpr size_t kMostPacket = 65536 + 14;

}  // namespace hvk
