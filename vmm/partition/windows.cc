// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/windows.h"

#include "hv/vcpu.h"
#include "hv/vm.h"

namespace hvk {

void Windows::bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>> vcpus) {
  for (const auto& vcpu : vcpus) {
    vcpu->join_frame(place_.links->frame(), static_cast<uint32_t>(place_.guest));
  }
  vm.prefault(ram_.base(), ram_.size());
}

}  // namespace hvk
