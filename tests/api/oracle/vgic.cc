// SPDX-License-Identifier: GPL-2.0-only
// The interrupt controller: CREATE_DEVICE, the groups of VGIC_V2, every offset of its registers.
#include <fmt/format.h>

#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

// Names of the inventory.
const char* group_name(uint32_t group) {
  constexpr const char* kNames[] = {"ADDR", "DIST_REGS", "CPU_REGS", "NR_IRQS", "CTRL"};
  return group < std::size(kNames) ? kNames[group] : "(others)";
}

void ask_types(Bench& bench) {
  const Vm vm(bench);
  for (uint32_t type = 0; type < 16; type++) {
    for (uint32_t flags : {KVM_CREATE_DEVICE_TEST, 2, 3}) {
      kvm_create_device device = {type, ~0u, flags};
      const Outcome outcome = call(vm.fd(), KVM_CREATE_DEVICE, &device);
      const Fd made(static_cast<int>(device.fd));
      bench.note(fmt::format("ioctl/vm CREATE_DEVICE/type {}, flags {}", type, flags),
                 text(outcome) + (made.get() >= 0 ? ", a file" : ""));
    }
  }
}

// Every group and attribute, in one state.
void ask_groups(Bench& bench, const Gic& gic, const std::string& state) {
  for (uint32_t group = 0; group < 11; group++) {
    for (uint64_t attr : {0ull, 1ull, 2ull, 3ull, 4ull, 5ull, 77ull, 1ull << 32, ~0ull}) {
      const std::string which = fmt::format("attribute/VGIC_V2 {}/{}, {:#x} {:#x}",
                                            group_name(group), state, group, attr);
      uint64_t value = 0xa5a5a5a5a5a5a5a5;
      bench.note(which + " has", gic.attribute(KVM_HAS_DEVICE_ATTR, group, attr, nullptr));
      const Outcome got = gic.attribute(KVM_GET_DEVICE_ATTR, group, attr, &value);
      bench.note(which + " get", text(got) + ", " + hex(value));
      bench.note(which + " get at 0", gic.attribute(KVM_GET_DEVICE_ATTR, group, attr, nullptr));
    }
  }
}

struct Step {
  uint32_t group;
  uint64_t attr, value;
};

// One after the other, on one device; the last ones after INIT.
void ask_steps(Bench& bench, Gic& gic, const std::string& state) {
  constexpr uint32_t kAddr = KVM_DEV_ARM_VGIC_GRP_ADDR, kIrqs = KVM_DEV_ARM_VGIC_GRP_NR_IRQS,
                     kCtrl = KVM_DEV_ARM_VGIC_GRP_CTRL;
  constexpr Step kSteps[] = {
      {kAddr, 0, 0x1001},
      {kAddr, 0, 0x800},
      {kAddr, 0, ~0xfffull},
      {kAddr, 0, 1ull << 40},
      {kAddr, 1, (1ull << 40) - 0x1000},
      {kAddr, 1, (1ull << 40) - 0x2000},
      {kAddr, 0, 0x08000000},
      {kAddr, 0, 0x08000000},
      {kAddr, 1, 0x08000000},
      {kAddr, 1, 0x08010000},
      {kAddr, 2, 0x08010000},
      {kAddr, 3, 0x08010000},
      {kAddr, 77, 0x1000},
      {kIrqs, 0, 0},
      {kIrqs, 0, 32},
      {kIrqs, 0, 65},
      {kIrqs, 0, 1020},
      {kIrqs, 0, 1024},
      {kIrqs, 5, 96},
      {kIrqs, 0, 96},
      {kIrqs, 0, 1ull << 32 | 96},
      {kCtrl, 1, 0},
      {kCtrl, 2, 0},
      {kCtrl, 3, 0},
      {kCtrl, 4, 0},
      {kCtrl, 0, 0},
      {kCtrl, 0, 0},
      {kIrqs, 0, 128},
      {kAddr, 0, 0x0a000000},
  };
  unsigned n = 0;
  for (const Step& step : kSteps) {
    uint64_t value = step.value;
    bench.note(fmt::format("attribute/VGIC_V2 {}/{}, {:02} set {:#x} to {:#x}",
                           group_name(step.group), state, n++, step.attr, step.value),
               gic.attribute(KVM_SET_DEVICE_ATTR, step.group, step.attr, &value));
  }
}

// Each 32-bit word; what has none of its registers is one line a page.
void ask_words(Bench& bench, const Gic& gic, uint32_t group, uint32_t end) {
  for (uint32_t offset = 0; offset < end; offset += 4) {
    const std::string which =
        fmt::format("attribute/VGIC_V2 {}/offset {:#05x}", group_name(group), offset);
    const Outcome has = gic.attribute(KVM_HAS_DEVICE_ATTR, group, offset, nullptr);
    uint32_t value[2] = {0xa5a5a5a5, 0xa5a5a5a5}, zero = 0, ones = ~0u, now = 0;
    const Outcome got = gic.attribute(KVM_GET_DEVICE_ATTR, group, offset, value);
    bench.note(which, fmt::format("{}, {}, {:#x} {:#x}", text(has), text(got), value[0], value[1]));
    if (has != 0) continue;
    for (uint32_t* set : {&zero, &ones}) {
      const Outcome outcome = gic.attribute(KVM_SET_DEVICE_ATTR, group, offset, set);
      gic.attribute(KVM_GET_DEVICE_ATTR, group, offset, &now);
      bench.note(fmt::format("{} set {:#x}", which, *set),
                 fmt::format("{}, then {:#x}", text(outcome), now));
    }
    gic.attribute(KVM_SET_DEVICE_ATTR, group, offset, value);
  }
}

void ask_registers(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm), second(vm, 1);
  vcpu.init();
  second.init();
  const Gic gic(vm);
  gic.init();
  for (uint32_t odd : {1u, 2u, 3u, 0x101u, 0x402u, 0x803u}) {
    uint32_t value = 0;
    bench.note(
        fmt::format("attribute/VGIC_V2 DIST_REGS/unaligned offset {:#x}", odd),
        fmt::format(
            "{}, {}",
            text(gic.attribute(KVM_HAS_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, odd, nullptr)),
            text(gic.attribute(KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, odd, &value))));
  }
  ask_words(bench, gic, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0x1000);
  ask_words(bench, gic, KVM_DEV_ARM_VGIC_GRP_CPU_REGS, 0x200);
}

void ask_creation(Bench& bench) {
  const Vm vm(bench);
  constexpr const char* kItem = "ioctl/vm CREATE_IRQCHIP/";
  bench.note(std::string(kItem) + "first", call(vm.fd(), KVM_CREATE_IRQCHIP));
  bench.note(std::string(kItem) + "second", call(vm.fd(), KVM_CREATE_IRQCHIP));
  kvm_create_device device = {KVM_DEV_TYPE_ARM_VGIC_V2, 0, 0};
  bench.note(std::string(kItem) + "then a device", call(vm.fd(), KVM_CREATE_DEVICE, &device));
  for (uint64_t id : {0ull, 1ull, 2ull, 0x10000ull, 0x10002ull, 0x20000ull, ~0ull}) {
    kvm_arm_device_addr address = {id, 0x08000000 + (id << 20)};
    bench.note(fmt::format("ioctl/vm ARM_SET_DEVICE_ADDR/{:#x}", id),
               call(vm.fd(), KVM_ARM_SET_DEVICE_ADDR, &address));
    bench.note(fmt::format("ioctl/vm ARM_SET_DEVICE_ADDR/{:#x} again", id),
               call(vm.fd(), KVM_ARM_SET_DEVICE_ADDR, &address));
  }
  const Vm none(bench);
  kvm_arm_device_addr address = {0, 0x08000000};
  bench.note("ioctl/vm ARM_SET_DEVICE_ADDR/without one",
             call(none.fd(), KVM_ARM_SET_DEVICE_ADDR, &address));
  const Vcpu vcpu(vm);
  bench.note(std::string(kItem) + "a vCPU after it", vcpu.init());
}

}  // namespace

void probe_vgic(Bench& bench) {
  ask_types(bench);
  ask_creation(bench);
  {
    const Vm vm(bench);
    Gic gic(vm, false);
    ask_groups(bench, gic, "without vCPUs");
    ask_steps(bench, gic, "without vCPUs");
  }
  {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    vcpu.init();
    Gic gic(vm, false);
    ask_steps(bench, gic, "with a vCPU");
    ask_groups(bench, gic, "initialised");
    Fd made;
    bench.note("ioctl/vm CREATE_VCPU/after INIT", call_for_fd(vm.fd(), KVM_CREATE_VCPU, 1, made));
  }
  ask_registers(bench);
}

}  // namespace hvk::oracle
