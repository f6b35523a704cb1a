// SPDX-License-Identifier: GPL-2.0-only
// A driver that does anything at all: the input is a list of what it writes, to a
// transport's registers and to its memory. The device reads no memory but the
// guest's, which ends at an unmapped page, takes no more chains than there are,
// and after a reset works as at the start.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "board/layout.h"
#include "tests/fuzz/driver_input.h"
#include "tests/unit/virtio_driver_registers.h"
#include "virtio/mmio.h"
#include "virtio/worker.h"

namespace {

using namespace hvk;
using namespace hvk::test;

// Answers each request with its own bytes.
class Echo final : public VirtioDevice {
 public:
  uint32_t id() const override { return 42; }
  std::string_view name() const override { return "virtio-echo"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  void start(uint64_t, VirtioHost& host) override {
    check(!host_);
    host_ = &host;
  }
  void stop(Stop) override {
    check(host_);
    host_ = nullptr;
  }
  void notified(unsigned index) override {
    Virtqueue& queue = *host_->queue(index);
    Chain chain;
    queue.hold_notifications();
    for (unsigned count = 0; count < 2u * queue.size() && queue.take(chain); ++count) {
      const auto& [head, readable, writable] = chain;
      check(readable.vectors().size() + writable.vectors().size() <= kQueues[index]);
      std::byte bytes[256] = {};
      const size_t read = readable.read(0, bytes);
      check(read == std::min<size_t>(sizeof(bytes), readable.size()));
      const size_t written = writable.write(0, std::span(bytes).first(read));
      check(written == std::min<size_t>(read, writable.size()));
      check(writable.part(1, UINT32_MAX).size() + (writable.size() != 0) == writable.size());
      queue.give_back(head, static_cast<uint32_t>(written));
    }
    queue.notify_again();
    host_->used(index);
  }

 private:
  static constexpr uint16_t kQueues[] = {8, 4};
  VirtioHost* host_ = nullptr;
};

// Of a saved state, what a device does not change that finds new requests when it is restored.
nlohmann::json lasting(nlohmann::json state) {
  for (const char* key : {"interrupts", "generation", "needs-reset"}) state.erase(key);
  for (auto& queue : state["queues"]) {
    queue.erase("next");
    queue.erase("used");
  }
  return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  GuestMemory memory(layout::kRamBase, kFuzzMemory);
  Echo device;
  FuzzLine line;
  CallersWorker worker;
  OnceLog quiet("fuzz: ");
  VirtioMmio transport(device, memory, line, 16, worker);
  transport.set_log(&quiet);
  while (!input.empty()) {
    switch (input.take<uint8_t>() % 5) {
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
        transport.write(VirtioMmio::kQueueNotify, 4, input.take<uint8_t>() % 4);
        break;
      case 4:
        try {
          const nlohmann::json state = transport.save();
          transport.write(reg::kStatus, 4, 0);
          transport.restore(state);
          check(lasting(transport.save()) == lasting(state));
        } catch (const SetupError&) {
          check(false);
        }
        break;
    }
    check(line.level == (transport.read(reg::kInterruptStatus, 4) != 0));
  }
  transport.write(reg::kStatus, 4, 0);
  check(transport.read(reg::kStatus, 4) == 0 && !line.level);
  return 0;
}
