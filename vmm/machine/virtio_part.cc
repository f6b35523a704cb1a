// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/virtio_part.h"

#include "board/bus.h"

namespace hvk {

void CalledVirtioPart::build(Bus& bus) { bus.add(range_, transport_); }

void ThreadedVirtioPart::build(Bus& bus) { bus.add(range_, transport_); }

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

void ThreadedVirtioPart::resampled() {
  line_.resampled().take();
  transport_.update_irq();
}

void ThreadedVirtioPart::bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) {
  vm_ = &vm;
  line_.connect(vm);
  for (uint32_t queue = 0; queue < bells_.size(); ++queue) {
    vm.bind_ioeventfd(range_.base + VirtioMmio::kQueueNotify, queue, bells_[queue].event.get());
  }
  // An interrupt that the device raised while the guest was moved went to the VM that has gone.
  transport_.update_irq();
}

void ThreadedVirtioPart::unbind() {
  line_.disconnect();
  for (uint32_t queue = 0; vm_ && queue < bells_.size(); ++queue) {
    vm_->unbind_ioeventfd(range_.base + VirtioMmio::kQueueNotify, queue, bells_[queue].event.get());
  }
  vm_ = nullptr;
}

}  // namespace hvk
