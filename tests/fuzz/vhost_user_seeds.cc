// SPDX-License-Identifier: GPL-2.0-only
// Writes what good back ends send into the folder that is named, for the fuzzer to start from.
#include <cstdint>
#include <cstring>
#include <string>

#include "tests/fuzz/seeds.h"
#include "vhost/user_protocol.h"

namespace {

using hvk::vhost_user::Request;

std::string answer(Request request, const std::string& payload) {
  const hvk::vhost_user::Header header = {static_cast<uint32_t>(request),
                                          hvk::vhost_user::kVersion | hvk::vhost_user::kReply,
                                          static_cast<uint32_t>(payload.size())};
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + payload;
}

std::string number(Request request, uint64_t value) {
  return answer(request, {reinterpret_cast<const char*>(&value), sizeof(value)});
}

std::string zeroes(Request request, size_t size) {
  return answer(request, std::string(size, '\0'));
}

constexpr uint64_t kFeatures =
    uint64_t{1} << 32 | hvk::vhost_user::kProtocolFeatures | uint64_t{3} << 28;

// Of a back end that acknowledges: a disk with one queue, from set-up to reset.
std::string disk(uint64_t protocol) {
  const auto done = [](Request request) { return number(request, 0); };
  std::string all = "\x01" + number(Request::kGetFeatures, kFeatures) +
                    number(Request::kGetProtocolFeatures, protocol);
  if (protocol & hvk::vhost_user::kBackendRequests) all += done(Request::kSetBackendReqFd);
  all += done(Request::kSetOwner);
  if (protocol & hvk::vhost_user::kMultiQueue) all += number(Request::kGetQueueNum, 2);
  all += zeroes(Request::kGetConfig, 72);
  for (int round = 0; round < 2; ++round) {
    all += done(Request::kSetFeatures);
    // A size of 0: it keeps no note.
    if (protocol & hvk::vhost_user::kInflight) all += zeroes(Request::kGetInflightFd, 24);
    for (const Request request :
         {Request::kSetMemTable, Request::kSetVringNum, Request::kSetVringBase,
          Request::kSetVringAddr, Request::kSetVringErr, Request::kSetVringCall,
          Request::kSetVringKick, Request::kSetVringEnable, Request::kSetVringEnable}) {
      all += done(request);
    }
    all += zeroes(Request::kGetVringBase, 8);
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hvk::vhost_user;
  const uint64_t some = kReplyAck | kConfig;
  return hvk::test::write_seeds(
      argc, argv,
      {
          {"disk", disk(some)},
          {"disk-with-all", disk(some | kMultiQueue | kBackendRequests | kInflight)},
          {"file-system", std::string("\0", 1) + number(Request::kGetFeatures, kFeatures) +
                              number(Request::kGetProtocolFeatures, 0) +
                              zeroes(Request::kGetVringBase, 8) +
                              zeroes(Request::kGetVringBase, 8)},
          {"old", std::string("\x04") + number(Request::kGetFeatures, uint64_t{1} << 32) +
                      zeroes(Request::kGetVringBase, 8)},
          {"cut", disk(some).substr(0, 60)},
      });
}
