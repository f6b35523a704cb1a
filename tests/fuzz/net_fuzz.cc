// SPDX-License-Identifier: GPL-2.0-only
// A network card whose driver does anything at all, as in virtio_fuzz.cc, while
// packets come and go: the card reads no memory but the guest's, what it sends is
// bounded, and nothing that a driver or a packet says keeps it from being reset.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "board/layout.h"
#include "net/virtio_net.h"
#include "tests/fuzz/driver_input.h"
#include "tests/unit/virtio_driver_registers.h"
#include "virtio/mmio.h"
#include "virtio/worker.h"

namespace {

using namespace hvk;
using namespace hvk::test;

constexpr unsigned kPairs = 2;

class Network final : public NetBackend {
 public:
  explicit Network(bool offloads) : offloads_(offloads) {}
  uint64_t offloads() const override { return offloads_ ? net_feature::kOffloads : 0; }
  unsigned pairs() const override { return kPairs; }
  bool link_up() const override { return up; }
  void attach(EventLoop&, NetUser& device, uint64_t) override {
    check(!user);
    user = &device;
  }
  void detach() override {
    check(user);
    user = nullptr;
  }
  void use_pairs(unsigned count) override { check(user && count >= 1 && count <= kPairs); }
  std::span<const std::byte> receive(unsigned pair) override {
    check(user && pair < kPairs);
    if (waiting == 0) return {};
    --waiting;
    return std::span(packet_[pair]).first(size);
  }
  void want_packets(unsigned pair, bool) override { check(pair < kPairs); }
  Sent send(unsigned pair, std::span<const iovec> packet) override {
    check(user && pair < kPairs);
    if (full) return Sent::kFull;
    size_t bytes = 0;
    uint8_t sum = 0;
    for (const iovec& one : packet) {
      bytes += one.iov_len;
      const auto* from = static_cast<const uint8_t*>(one.iov_base);
      for (size_t i = 0; i < one.iov_len; ++i) sum = static_cast<uint8_t>(sum + from[i]);
    }
    sum_ = sum;
    const size_t header = offloads_ ? kNetHeaderSize : 0;
    check(bytes >= header + 14 && bytes <= header + kMostPacket);
    return Sent::kDone;
  }

  NetUser* user = nullptr;
  bool up = true, full = false;
  size_t size = kNetHeaderSize + 60;  // of the packets that come
  unsigned waiting = 0;

 private:
  const bool offloads_;
  std::vector<std::byte> packet_[kPairs] = {
      std::vector<std::byte>(kNetHeaderSize + kMostPacket, std::byte{1}),
      std::vector<std::byte>(kNetHeaderSize + kMostPacket, std::byte{2})};
  volatile uint8_t sum_ = 0;
};

// What happens at the other end of the network.
void happen(Network& network, FuzzInput& input) {
  const auto what = input.take<uint8_t>();
  if (!network.user) return;
  const unsigned pair = what >> 4 & 1;
  switch (what % 4) {
    case 0:
      network.waiting = what >> 5;
      network.size = kNetHeaderSize + 1 + input.take<uint16_t>() % kMostPacket;
      network.user->receivable(pair);
      break;
    case 1:
      network.full = true;
      break;
    case 2:
      network.full = false;
      network.user->sendable(pair);
      break;
    case 3:
      network.up = !network.up;
      network.user->link_changed();
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  GuestMemory memory(layout::kRamBase, kFuzzMemory);
  EventLoop loop;
  Network network(input.take<uint8_t>() & 1);
  VirtioNet device({0x52, 0x54, 0, 0, 0, 1}, network, loop);
  FuzzLine line;
  CallersWorker worker;
  OnceLog quiet("fuzz: ");
  VirtioMmio transport(device, memory, line, 16, worker);
  transport.set_log(&quiet);
  while (!input.empty()) {
    switch (input.take<uint8_t>() % 7) {
      case 0:
        fuzz_write_register(transport, input);
        break;
      case 1:
        fuzz_read_register(transport, input);
        break;
      case 2:
        fuzz_write_memory(memory, input);
        break;
      case 3:
        transport.write(VirtioMmio::kQueueNotify, 4, input.take<uint8_t>() % (2 * kPairs + 1));
        break;
      case 4:
        happen(network, input);
        break;
      case 5:
        // A bounded number of turns: a full ring that is never emptied is not the card's.
        for (int turn = 0; turn < 16 && loop.wait(0); ++turn) continue;
        break;
      case 6:
        try {
          const nlohmann::json state = transport.save();
          transport.write(reg::kStatus, 4, 0);
          transport.restore(state);
        } catch (const SetupError&) {
          check(false);
        }
        break;
    }
  }
  transport.write(reg::kStatus, 4, 0);
  check(!network.user && transport.read(reg::kStatus, 4) == 0);
  return 0;
}
