// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/virtio_part.h"

#include <exception>

#include "board/bus.h"

namespace hvk {

void CalledVirtioPart::build(Bus& bus) { bus.add(range_, transport_); }

void ThreadedVirtioPart::build(Bus& bus) { bus.add(range_, transport_); }

std::unique_ptr<VirtioDevice> ThreadedVirtioPart::make_device(
    const std::function<std::unique_ptr<VirtioDevice>()>& make) {
  std::unique_ptr<VirtioDevice> device;
  std::exception_ptr thrown;
  worker_.run([&] {
    try {
      device = make();
    } catch (...) {
      thrown = std::current_exception();
    }
  });
  if (thrown) std::rethrow_exception(thrown);
  return device;
}

ThreadedVirtioPart::~ThreadedVirtioPart() {
  // While its bells are still there.
  transport_.shut_down();
  resampling_.reset();
  worker_.run([this] { device_.reset(); });
}

void ThreadedVirtioPart::watch_queues() {
  bells_.resize(transport_.queues());
  for (unsigned queue = 0; queue < bells_.size(); ++queue) {
    Bell& bell = bells_[queue];
    bell.watch = std::make_unique<Watch>(*worker_.loop(), bell.event.get(), [this, queue] {
      bells_[queue].event.take();
      transport_.notified(queue);
    });
  }
}

VirtioEvents ThreadedVirtioPart::events() {
  return {[this](unsigned queue) {
            bells_[queue].watch->want(false);
            // The new owner looks at the queue once: a notification may have come before.
            bells_[queue].event.signal();
            return bells_[queue].event.get();
          },
          [this](unsigned queue) { bells_[queue].watch->want(true); }, line_.event().get()};
}

void ThreadedVirtioPart::resampled() {
  line_.resampled().take();
  transport_.resampled();
}

void ThreadedVirtioPart::bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) {
  vm_ = &vm;
  line_.connect(vm);
  for (uint32_t queue = 0; queue < bells_.size(); ++queue) {
    vm.bind_ioeventfd(range_.base + VirtioMmio::kQueueNotify, queue, bells_[queue].event.get());
  }
  // An interrupt that the device raised while the guest was moved went to the VM that has gone.
  transport_.connected();
}

void ThreadedVirtioPart::unbind() {
  line_.disconnect();
  for (uint32_t queue = 0; vm_ && queue < bells_.size(); ++queue) {
    vm_->unbind_ioeventfd(range_.base + VirtioMmio::kQueueNotify, queue, bells_[queue].event.get());
  }
  vm_ = nullptr;
}

}  // namespace hvk
