// SPDX-License-Identifier: GPL-2.0-or-later
// The transport of a virtio device: registers in memory (virtio 1.2, section 4.2), version 2.
//
// Not modelled: the legacy interface, shared memory regions, queue reset (VIRTIO_F_RING_RESET).
//
// Threads: vCPUs reach the registers by `read` and `write`. What they ask of the device is posted
// to its worker. A reset waits there until the device has stopped, since drivers take a reset for
// complete as soon as they have written it; so does a write that stops a live queue. Both hold the
// registers' lock, so that other vCPUs' accesses to this device wait too. Reads of InterruptStatus
// and of the configuration take no lock. Lock order: registers, then worker, then interrupt line.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "board/device.h"
#include "board/irq.h"
#include "board/memory.h"
#include "virtio/device.h"
#include "virtio/worker.h"

namespace hvk {

// Writes the node of a transport at IPA `base` into the device tree. Set-up only; throws
// std::runtime_error, as Fdt does.
void describe_virtio(Fdt& fdt, uint64_t base, uint32_t spi);

// The eventfds of a device with a thread.
struct VirtioEvents {
  std::function<int(unsigned queue)> give_bell;  // as VirtioHost has them
  std::function<void(unsigned queue)> take_bell;
  int interrupt = -1;
};

class VirtioMmio final : public Device, private VirtioHost {
 public:
  // The offset of QueueNotify, to which an ioeventfd may be bound.
  static constexpr uint64_t kQueueNotify = 0x050;

  // `spi` is the number of `irq`, for the device tree. All references must outlive this object.
  VirtioMmio(VirtioDevice& device, GuestMemory& memory, IrqLine& irq, uint32_t spi, Worker& worker);
  // Shuts the device down.
  ~VirtioMmio() override;

  std::string_view name() const override { return device_.name(); }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  void describe(Fdt& fdt, uint64_t base) const override { describe_virtio(fdt, base, spi_); }

  // Set-up only.
  void set_events(VirtioEvents events) { events_ = std::move(events); }

  unsigned queues() const { return static_cast<unsigned>(queues_.size()); }

  // The driver has notified the device of a queue, by an ioeventfd. In the worker.
  void notified(unsigned queue);
  // Sets the interrupt line to what the device's state says it is. Any thread.
  void update_irq();
  // The line leads to another VM from now on, which knows of none of the device's interrupts. One
  // too many does no harm. Any thread.
  void connected();
  // For a line that falls by itself when the guest has ended an interrupt: raises it again if there
  // is still reason for one. In the worker.
  void resampled();
  // Stops the device for good, whatever the driver does. Any thread but the worker's.
  void shut_down();

  // The state of transport, queues and device, with the device stopped meanwhile; and that state
  // again, in a transport that no driver has touched. `restore` throws SetupError, and then leaves
  // the transport as it was. No vCPU runs.
  nlohmann::json save();
  void restore(const nlohmann::json& state);

 private:
  struct QueueRegisters {
    QueuePlace place;
    bool ready = false;
  };

  // VirtioHost, in the worker.
  Virtqueue* queue(unsigned index) override { return queues_[index].get(); }
  void used(unsigned index) override;
  void config_changed() override;
  void needs_reset(const std::string& why) override;
  int give_bell(unsigned index) override {
    return events_.give_bell ? events_.give_bell(index) : -1;
  }
  void take_bell(unsigned index) override {
    if (events_.take_bell) events_.take_bell(index);
  }
  int interrupt_event() override { return events_.interrupt; }
  void say(const std::string& line) override { tell(line); }

  // With `mutex_` held.
  uint32_t read_register(uint64_t offset);
  void write_register(uint64_t offset, uint32_t value);
  void write_queue(uint64_t offset, uint32_t value);
  void write_status(uint32_t value);
  void set_queue_ready(QueueRegisters& queue, bool ready);
  bool features_are_good() const;
  void reset();

  // In the worker.
  // Makes the queues that the driver has set up. If one of them is not possible, makes none, has
  // the device need a reset, and returns false.
  bool make_queues(uint64_t features, const std::vector<QueueRegisters>& queues);
  void start_device(uint64_t features);
  void stop_device(VirtioDevice::Stop stop);

  void interrupt(uint32_t cause);
  uint64_t offered() const;

  VirtioDevice& device_;
  GuestMemory& memory_;
  IrqLine& irq_;
  const uint32_t spi_;
  Worker& worker_;
  VirtioEvents events_;

  std::mutex mutex_;  // guards the registers from here on
  uint32_t device_features_sel_ = 0, driver_features_sel_ = 0, queue_sel_ = 0;
  uint64_t driver_features_ = 0;
  uint32_t status_ = 0;  // as the driver wrote it; broken_ adds DEVICE_NEEDS_RESET
  std::vector<QueueRegisters> registers_;

  std::atomic<uint32_t> interrupts_ = 0;  // InterruptStatus
  std::atomic<uint32_t> generation_ = 0;  // ConfigGeneration
  std::atomic<bool> broken_ = false;      // the device needs a reset
  // The device is started, and its driver is interrupted by others than the transport.
  std::atomic<bool> others_interrupt_ = false;
  std::mutex irq_mutex_;  // orders looks at interrupts_ with settings of irq_

  // The worker's.
  bool started_ = false;
  bool shut_down_ = false;
  uint64_t started_features_ = 0;
  std::vector<std::unique_ptr<Virtqueue>> queues_;
};

}  // namespace hvk
