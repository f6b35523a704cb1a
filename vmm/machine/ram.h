// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's RAM, as a part of the guest.
#pragma once

#include <linux/kvm.h>

#include "board/layout.h"
#include "board/memory.h"
#include "hv/vm.h"
#include "machine/part.h"

namespace hvk {

class Ram final : public Part {
 public:
  // `size` is in bytes.
  Ram(uint64_t size, GuestMemory::Kind kind) : memory_(layout::kRamBase, size, kind) {}

  GuestMemory& memory() { return memory_; }

  void map(Vm& vm) override {
    vm.map(slots::kRam, memory_.base(), memory_.bytes(), false);
    if (vm.capability(KVM_CAP_SYNC_MMU) == 0) memory_.keep();
  }

 private:
  GuestMemory memory_;
};

}  // namespace hvk
