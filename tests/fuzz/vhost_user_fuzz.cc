// SPDX-License-Identifier: GPL-2.0-only
// A vhost-user back end that sends anything at all: the first byte says which kind of device it
// serves, the rest is what it sends, before it is asked and then no more. Whatever it says, set-up
// ends, with a device or an error, and a device can be started, looked at and reset.
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "board/layout.h"
#include "tests/fuzz/driver_input.h"
#include "tests/unit/virtio_driver_registers.h"
#include "vhost/user_device.h"
#include "virtio/worker.h"

namespace {

using namespace hvk;
using namespace hvk::test;

constexpr uint64_t kQueue = layout::kRamBase;

void start(VirtioMmio& transport, const std::array<EventFd, 24>& bells) {
  const auto write = [&](uint64_t offset, uint32_t value) { transport.write(offset, 4, value); };
  write(reg::kStatus, kAcknowledge | kDriver);
  write(reg::kDriverFeaturesSel, 1);
  write(reg::kDriverFeatures, 1);
  write(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
  check(transport.queues() <= bells.size());
  for (unsigned i = 0; i < transport.queues(); ++i) {
    write(reg::kQueueSel, i);
    write(reg::kQueueNum, 8);
    write(reg::kDescLow, static_cast<uint32_t>(kQueue));
    write(reg::kDriverLow, static_cast<uint32_t>(kQueue + 0x1000));
    write(reg::kDeviceLow, static_cast<uint32_t>(kQueue + 0x2000));
    write(reg::kQueueReady, 1);
  }
  write(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  int ends[2];
  check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
  const Fd back_end(ends[0]);
  Fd socket(ends[1]);
  check(::write(back_end.get(), data + 1, size - 1) == static_cast<ssize_t>(size - 1));
  ::shutdown(back_end.get(), SHUT_WR);

  std::unique_ptr<UserPeer> peer;
  try {
    UserPeer::Options options;
    options.kind = vhost_kinds()[data[0] % vhost_kinds().size()];
    options.patience = 1000;
    peer = std::make_unique<UserPeer>("fuzz", options, std::move(socket));
  } catch (const SetupError&) {
    return 0;
  }
  GuestMemory memory(layout::kRamBase, kFuzzMemory, GuestMemory::Kind::kShared);
  OnceLog quiet("fuzz: ");
  EventLoop loop;
  CallersWorker worker;
  FuzzLine line;
  const EventFd interrupt;
  std::array<EventFd, 24> bells;
  UserDevice device(loop, *peer, memory, {});
  VirtioMmio transport(device, memory, line, 16, worker);
  transport.set_log(&quiet);
  transport.set_events(
      {[&](unsigned index) { return bells[index].get(); }, [](unsigned) {}, interrupt.get()});
  for (uint64_t offset = reg::kConfig; offset < 0x200; offset += 8) transport.read(offset, 8);
  start(transport, bells);
  loop.wait(0);
  transport.save();
  transport.write(reg::kStatus, 4, 0);
  loop.wait(0);
  transport.shut_down();
  return 0;
}
