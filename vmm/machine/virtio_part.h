// SPDX-License-Identifier: GPL-2.0-or-later
// A virtio device with its transport, as a part of the guest.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "board/layout.h"
#include "board/memory.h"
#include "hv/irqfd_line.h"
#include "hv/spi_line.h"
#include "machine/part.h"
#include "virtio/mmio.h"
#include "virtio/worker.h"

namespace hvk {

// A device whose code runs in the vCPUs' threads, when the driver notifies it. The device's work
// has to be short.
class CalledVirtioPart final : public Part {
 public:
  CalledVirtioPart(unsigned slot, std::unique_ptr<VirtioDevice> device, GuestMemory& memory)
      : range_(layout::virtio_slot(slot)),
        device_(std::move(device)),
        line_(layout::kVirtioSpiBase + slot),
        transport_(*device_, memory, line_, layout::kVirtioSpiBase + slot, worker_) {}

  void build(Bus& bus) override;
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) override { line_.connect(&vm); }
  void unbind() override { line_.connect(nullptr); }

 private:
  const layout::Range range_;
  const std::unique_ptr<VirtioDevice> device_;
  SpiLine line_;
  CallersWorker worker_;
  VirtioMmio transport_;
};

// A device with a thread of its own. Notifications and interrupts go by eventfds, so that neither a
// vCPU waits for the device nor the device for a vCPU. `Make` in the constructor makes the device
// from the loop of that thread, and is called there.
class ThreadedVirtioPart final : public Part {
 public:
  // `name` and `kind` are the thread's.
  template <typename Make>
  ThreadedVirtioPart(unsigned slot, const std::string& name, ThreadKind kind, GuestMemory& memory,
                     Make make)
      : range_(layout::virtio_slot(slot)),
        worker_(name, kind),
        device_(make_device([&] { return make(*worker_.loop()); })),
        line_(layout::kVirtioSpiBase + slot),
        transport_(*device_, memory, line_, layout::kVirtioSpiBase + slot, worker_) {
    resampling_.emplace(*worker_.loop(), line_.resampled().get(), [this] { resampled(); });
    watch_queues();
    transport_.set_events(events());
  }

  ~ThreadedVirtioPart() override;

  void build(Bus& bus) override;
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) override;
  void unbind() override;

 private:
  // What the driver signals to notify the device of a queue.
  struct Bell {
    EventFd event;
    std::unique_ptr<Watch> watch;
  };

  std::unique_ptr<VirtioDevice> make_device(
      const std::function<std::unique_ptr<VirtioDevice>()>& make);
  void watch_queues();
  VirtioEvents events();
  void resampled();

  const layout::Range range_;
  ThreadWorker worker_;
  std::unique_ptr<VirtioDevice> device_;
  IrqfdLine line_;
  VirtioMmio transport_;
  std::optional<Watch> resampling_;
  std::vector<Bell> bells_;
  const Vm* vm_ = nullptr;
};

}  // namespace hvk
