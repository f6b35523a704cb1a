// SPDX-License-Identifier: GPL-2.0-only
// A driver of a disk that does anything at all: the input is a list of what it writes, to registers
// and to its memory, and of when and how the operations on the image end. These stay inside the
// image and the guest's memory, which ends at an unmapped page; there are never more of them than
// the device promises, and none after a reset.
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "board/layout.h"
#include "disk/virtio_blk.h"
#include "tests/fuzz/driver_input.h"
#include "tests/unit/virtio_driver_registers.h"
#include "virtio/mmio.h"
#include "virtio/worker.h"

namespace {

using namespace hvk;
using namespace hvk::test;

constexpr uint64_t kDisk = 1 << 20;

// An image of no content: what is transferred goes nowhere.
const DiskImage& image() {
  static const Fd file(::memfd_create("disk", MFD_CLOEXEC));
  check(::ftruncate(file.get(), kDisk) == 0);
  static const DiskImage image({.path = "/proc/self/fd/" + std::to_string(file.get())});
  return image;
}

// Does operations when it is told to.
class Engine final : public DiskEngine {
 public:
  Engine(GuestMemory& memory, Ended ended) : memory_(memory), ended_(std::move(ended)) {}

  std::string_view name() const override { return "fuzz"; }
  void start() override {}
  void harvest() override {}
  void wait() override { end(kMost, 0); }
  void submit(DiskOperation& operation) override {
    operation.prepare();
    check(operation.fd == image().fd());
    uint64_t size = operation.length;
    if (operation.kind == DiskOperation::Kind::kSync) size = 0;
    if (!operation.left().empty()) size = 0;
    for (const iovec& one : operation.left()) {
      transfer(operation, {static_cast<std::byte*>(one.iov_base), one.iov_len});
      size += one.iov_len;
    }
    if (operation.kind != DiskOperation::Kind::kSync) {
      check(size > 0 && size % 512 == 0 && operation.offset % 512 == 0);
      check(operation.offset <= kDisk && size <= kDisk - operation.offset);
    }
    held_.push_back(&operation);
    check(held_.size() <= kMost);
  }

  // Ends the first `count` of them, the last one first, with an errno.
  void end(size_t count, int error) {
    count = std::min(count, held_.size());
    if (count == 0) return;
    std::vector<DiskOperation*> batch(held_.begin(), held_.begin() + static_cast<ptrdiff_t>(count));
    held_.erase(held_.begin(), held_.begin() + static_cast<ptrdiff_t>(count));
    std::reverse(batch.begin(), batch.end());
    for (DiskOperation* operation : batch) operation->error = error;
    ended_(batch);
  }
  size_t held() const { return held_.size(); }

 private:
  void transfer(const DiskOperation& operation, std::span<std::byte> bytes) {
    const auto all = memory_.bytes();
    const bool in_memory =
        bytes.data() >= all.data() && bytes.data() + bytes.size() <= all.data() + all.size();
    if (operation.kind == DiskOperation::Kind::kRead) {
      check(in_memory);
      std::memset(bytes.data(), 0x5a, bytes.size());
    } else if (!in_memory) {
      check(std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; }));
    }
  }

  GuestMemory& memory_;
  const Ended ended_;
  std::vector<DiskOperation*> held_;
};

constexpr int kErrors[] = {0, 0, 0, EIO, EOPNOTSUPP, EINVAL, ENOSPC, DiskOperation::kPastEnd};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  GuestMemory memory(layout::kRamBase, kFuzzMemory);
  Engine* engine = nullptr;
  static EventLoop loop;
  VirtioBlk device(image(), loop, [&](EventLoop&, DiskEngine::Ended ended) {
    auto made = std::make_unique<Engine>(memory, std::move(ended));
    engine = made.get();
    return made;
  });
  FuzzLine line;
  CallersWorker worker;
  OnceLog quiet("fuzz: ");
  VirtioMmio transport(device, memory, line, 16, worker);
  transport.set_log(&quiet);
  while (!input.empty()) {
    loop.wait(0);
    switch (input.take<uint8_t>() % 6) {
      case 0:
        fuzz_write_register(transport, input);
        break;
      case 1: {
        const uint64_t offset = reg::kConfig + input.take<uint8_t>() % 0x60;
        transport.read(offset, 1);
        transport.write(offset, 1, input.take<uint8_t>());
        break;
      }
      case 2:
        fuzz_write_memory(memory, input);
        break;
      case 3:
        transport.write(VirtioMmio::kQueueNotify, 4, 0);
        break;
      case 4: {
        const size_t count = input.take<uint8_t>();
        engine->end(count, kErrors[input.take<uint8_t>() % std::size(kErrors)]);
        break;
      }
      case 5:
        try {
          const nlohmann::json state = transport.save();
          check(engine->held() == 0 || transport.read(reg::kStatus, 4) != 0);
          transport.write(reg::kStatus, 4, 0);
          transport.restore(state);
        } catch (const SetupError&) {
          check(false);
        }
        break;
    }
    check(line.level == (transport.read(reg::kInterruptStatus, 4) != 0));
  }
  transport.write(reg::kStatus, 4, 0);
  check(engine->held() == 0);
  return 0;
}
