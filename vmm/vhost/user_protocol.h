// SPDX-License-Identifier: GPL-2.0-or-later
// The messages of the vhost-user protocol, as QEMU's documentation describes it
// (docs/interop/vhost-user.rst). This process is the front end. Numbers are in the machine's own
// byte order.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace hvk::vhost_user {

enum class Request : uint32_t {
  kGetFeatures = 1,
  kSetFeatures = 2,
  kSetOwner = 3,
  kSetMemTable = 5,
  kSetVringNum = 8,
  kSetVringAddr = 9,
  kSetVringBase = 10,
  kGetVringBase = 11,
  kSetVringKick = 12,
  kSetVringCall = 13,
  kSetVringErr = 14,
  kGetProtocolFeatures = 15,
  kSetProtocolFeatures = 16,
  kGetQueueNum = 17,
  kSetVringEnable = 18,
  kSetBackendReqFd = 21,
  kGetConfig = 24,
  kGetInflightFd = 31,
  kSetInflightFd = 32,
};

// A message of the back end's, on the descriptor that SET_BACKEND_REQ_FD has given it.
constexpr uint32_t kConfigChanged = 2;

// VHOST_USER_F_PROTOCOL_FEATURES, among the features of the device: there are features of the
// protocol, below, and queues are served only once they are enabled.
constexpr uint64_t kProtocolFeatures = uint64_t{1} << 30;

enum : uint64_t {
  kMultiQueue = 1 << 0,       // VHOST_USER_PROTOCOL_F_MQ: GET_QUEUE_NUM
  kReplyAck = 1 << 3,         // a request can ask for an answer that says whether it was done
  kBackendRequests = 1 << 5,  // SET_BACKEND_REQ_FD
  kConfig = 1 << 9,           // GET_CONFIG
  kInflight = 1 << 12,        // GET_INFLIGHT_FD, SET_INFLIGHT_FD
};

struct Header {
  uint32_t request;
  uint32_t flags;  // the version, and the bits below
  uint32_t size;   // of what follows, in bytes
};
enum : uint32_t {
  kVersion = 1,
  kVersionMask = 3,
  kReply = 1 << 2,
  kNeedReply = 1 << 3,
};

// GET_VRING_BASE and the requests that set a number of a queue.
struct VringState {
  uint32_t index, number;
};

// Addresses are of this process; the back end finds them by the table of memory.
struct VringAddr {
  uint32_t index, flags;
  uint64_t descriptors, used, available, log;
};

struct MemTable {
  uint32_t regions, padding;
  // The only one.
  uint64_t ipa, size, address, offset;
};

// The part of a device's configuration space that is asked for; its bytes follow.
struct ConfigHeader {
  uint32_t offset, size, flags;
};
constexpr size_t kMostConfig = 256;

// A file of the back end's in which it notes the requests that it has taken, and in which it finds
// them when it has been started again. The padding is part of the message: back ends take no other
// size than that of this structure.
struct Inflight {
  uint64_t size, offset;
  uint16_t queues, queue_size;
  uint32_t padding;
};

}  // namespace hvk::vhost_user
