// SPDX-License-Identifier: GPL-2.0-only
// Interrupts and events from the VMM: IRQ_LINE, IRQFD, IOEVENTFD, GSI routing.
#include <fmt/format.h>
#include <string.h>

#include "hv/kvm_calls.h"
#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

constexpr uint32_t line(uint32_t type, uint32_t vcpu, uint32_t number, uint32_t vcpu2 = 0) {
  return vcpu2 << 28 | type << 24 | vcpu << 16 | number;
}

struct Line {
  const char* name;
  uint32_t irq;
};
constexpr Line kLines[] = {
    {"CPU, IRQ", line(0, 0, 0)},        {"CPU, FIQ", line(0, 0, 1)},
    {"CPU, 2", line(0, 0, 2)},          {"CPU of no vCPU", line(0, 9, 0)},
    {"SPI 32", line(1, 0, 32)},         {"SPI 31", line(1, 0, 31)},
    {"SPI 95", line(1, 0, 95)},         {"SPI 96", line(1, 0, 96)},
    {"SPI 1019", line(1, 0, 1019)},     {"SPI 1023", line(1, 0, 1023)},
    {"SPI 65535", line(1, 0, 65535)},   {"SPI of a vCPU", line(1, 7, 40)},
    {"PPI 16", line(2, 0, 16)},         {"PPI 15", line(2, 0, 15)},
    {"PPI 31", line(2, 0, 31)},         {"PPI 32", line(2, 0, 32)},
    {"PPI 27", line(2, 0, 27)},         {"PPI 30", line(2, 0, 30)},
    {"PPI of no vCPU", line(2, 3, 20)}, {"PPI of vCPU 256", line(2, 0, 20, 1)},
    {"type 3", line(3, 0, 40)},         {"type 15", line(15, 0, 40)},
};

void ask_lines(Bench& bench, const Vm& vm, const std::string& state) {
  for (const Line& row : kLines) {
    for (uint32_t level : {1u, 0u, 2u}) {
      kvm_irq_level args = {{row.irq}, level};
      bench.note(fmt::format("ioctl/vm IRQ_LINE/{}, {}, {}", state, row.name, level),
                 call(vm.fd(), KVM_IRQ_LINE, &args));
    }
    kvm_irq_level args = {{row.irq}, 0};
    const Outcome outcome = call(vm.fd(), KVM_IRQ_LINE_STATUS, &args);
    bench.note(fmt::format("ioctl/vm IRQ_LINE_STATUS/{}, {}", state, row.name),
               fmt::format("{}, {:#x} {}", text(outcome), args.irq, args.level));
  }
}

struct Event {
  const char* name;
  uint32_t gsi, flags;
  int fd;  // 0: an eventfd; else this number
};
constexpr Event kIrqfds[] = {
    {"plain", 8, 0, 0},
    {"the same again", 8, 0, 0},
    {"GSI 987", 987, 0, 0},
    {"GSI 988", 988, 0, 0},
    {"GSI 4096", 4096, 0, 0},
    {"resample without a file", 8, KVM_IRQFD_FLAG_RESAMPLE, 0},
    {"flag 2", 8, 4, 0},
    {"flag 31", 8, 1u << 31, 0},
    {"no file", 8, 0, -1},
    {"not an eventfd", 8, 0, 1},
    {"deassigned", 8, KVM_IRQFD_FLAG_DEASSIGN, 0},
    {"deassigned again", 8, KVM_IRQFD_FLAG_DEASSIGN, 0},
    {"deassigned, another flag", 8, KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE, 0},
    {"deassigned, no file", 8, KVM_IRQFD_FLAG_DEASSIGN, -1},
};

void ask_irqfds(Bench& bench, const Vm& vm, const std::string& state) {
  const Fd event = event_fd();
  for (const Event& row : kIrqfds) {
    kvm_irqfd args = {};
    args.fd = static_cast<uint32_t>(row.fd == 0 ? event.get() : row.fd);
    args.gsi = row.gsi;
    args.flags = row.flags;
    args.resamplefd = ~0u;
    bench.note(fmt::format("ioctl/vm IRQFD/{}, {}", state, row.name),
               call(vm.fd(), KVM_IRQFD, &args));
  }
  kvm_irqfd padded = {};
  padded.fd = static_cast<uint32_t>(event.get());
  padded.gsi = 9;
  padded.pad[15] = 1;
  bench.note("ioctl/vm IRQFD/" + state + ", padding", call(vm.fd(), KVM_IRQFD, &padded));
}

struct Doorbell {
  const char* name;
  uint64_t address, match;
  uint32_t length, flags;
  int fd;
};
constexpr uint32_t kMatch = KVM_IOEVENTFD_FLAG_DATAMATCH, kOff = KVM_IOEVENTFD_FLAG_DEASSIGN;
constexpr Doorbell kDoorbells[] = {
    {"1 byte", 0x1000, 0, 1, 0, 0},
    {"1 byte again", 0x1000, 0, 1, 0, 0},
    {"2 bytes there", 0x1000, 0, 2, 0, 0},
    {"any width there", 0x1000, 0, 0, 0, 0},
    {"2 bytes", 0x2000, 0, 2, 0, 0},
    {"4 bytes", 0x3000, 0, 4, 0, 0},
    {"8 bytes", 0x4000, 0, 8, 0, 0},
    {"any width", 0x5000, 0, 0, 0, 0},
    {"3 bytes", 0x6000, 0, 3, 0, 0},
    {"16 bytes", 0x6000, 0, 16, 0, 0},
    {"1 GiB", 0x6000, 0, 1u << 30, 0, 0},
    {"unaligned", 0x6001, 0, 4, 0, 0},
    {"value 1", 0x7000, 1, 4, kMatch, 0},
    {"value 2", 0x7000, 2, 4, kMatch, 0},
    {"value 2 again", 0x7000, 2, 4, kMatch, 0},
    {"any value there", 0x7000, 0, 4, 0, 0},
    {"any width, a value", 0x8000, 1, 0, kMatch, 0},
    {"wraps", ~0ull, 0, 4, 0, 0},
    {"a port", 0x9000, 0, 4, KVM_IOEVENTFD_FLAG_PIO, 0},
    {"virtio-ccw", 0x9000, 0, 8, KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY, 0},
    {"flag 4", 0x9000, 0, 4, 16, 0},
    {"flag 31", 0x9000, 0, 4, 1u << 31, 0},
    {"no file", 0x9000, 0, 4, 0, -1},
    {"not an eventfd", 0x9000, 0, 4, 0, 1},
    {"off, another width", 0x1000, 0, 4, kOff, 0},
    {"off", 0x1000, 0, 1, kOff, 0},
    {"off again", 0x1000, 0, 1, kOff, 0},
    {"off, another value", 0x7000, 3, 4, kOff | kMatch, 0},
    {"off, value 2", 0x7000, 2, 4, kOff | kMatch, 0},
    {"off, no file", 0x2000, 0, 2, kOff, -1},
};

void ask_doorbells(Bench& bench) {
  const Vm vm(bench);
  const Fd event = event_fd();
  for (const Doorbell& row : kDoorbells) {
    kvm_ioeventfd args = {};
    args.datamatch = row.match;
    args.addr = row.address;
    args.len = row.length;
    args.fd = row.fd == 0 ? event.get() : row.fd;
    args.flags = row.flags;
    bench.note(fmt::format("ioctl/vm IOEVENTFD/{}", row.name), call(vm.fd(), KVM_IOEVENTFD, &args));
  }
}

struct Route {
  const char* name;
  uint32_t number, flags;
  kvm_irq_routing_entry entry;
};

void ask_routes(Bench& bench, const Vm& vm, const std::string& state) {
  const auto irqchip = [](uint32_t gsi, uint32_t chip, uint32_t pin) {
    kvm_irq_routing_entry entry = {};
    entry.gsi = gsi;
    entry.type = KVM_IRQ_ROUTING_IRQCHIP;
    entry.u.irqchip = {chip, pin};
    return entry;
  };
  const auto other = [](uint32_t type, uint32_t flags, uint32_t pad = 0) {
    kvm_irq_routing_entry entry = {};
    entry.type = type;
    entry.flags = flags;
    entry.pad = pad;
    return entry;
  };
  const Route kRoutes[] = {
      {"none", 0, 0, {}},
      {"flags", 0, 1, {}},
      {"one", 1, 0, irqchip(5, 0, 10)},
      {"pin 987", 1, 0, irqchip(5, 0, 987)},
      {"pin 988", 1, 0, irqchip(5, 0, 988)},
      {"pin 2000", 1, 0, irqchip(5, 0, 2000)},
      {"chip 1", 1, 0, irqchip(5, 1, 10)},
      {"GSI 4095", 1, 0, irqchip(4095, 0, 10)},
      {"GSI 4096", 1, 0, irqchip(4096, 0, 10)},
      {"twice", 2, 0, irqchip(5, 0, 10)},
      {"4097 routes", 4097, 0, irqchip(5, 0, 10)},
      {"MSI", 1, 0, other(KVM_IRQ_ROUTING_MSI, 0)},
      {"MSI with a device", 1, 0, other(KVM_IRQ_ROUTING_MSI, KVM_MSI_VALID_DEVID)},
      {"type 0", 1, 0, other(0, 0)},
      {"type 5", 1, 0, other(5, 0)},
      {"flags of a route", 1, 0, other(KVM_IRQ_ROUTING_IRQCHIP, 1)},
      {"padding of a route", 1, 0, other(KVM_IRQ_ROUTING_IRQCHIP, 0, 1)},
  };
  for (const Route& row : kRoutes) {
    // struct kvm_irq_routing, and two entries.
    std::byte table[8 + 2 * sizeof(row.entry)];
    ::memcpy(table, &row.number, 4);
    ::memcpy(table + 4, &row.flags, 4);
    for (size_t n = 0; n < 2; n++) {
      ::memcpy(table + 8 + n * sizeof(row.entry), &row.entry, sizeof(row.entry));
    }
    bench.note(fmt::format("ioctl/vm SET_GSI_ROUTING/{}, {}", state, row.name),
               call(vm.fd(), hvk::kvm_set_gsi_routing, table));
  }
}

void ask_all(Bench& bench, const Vm& vm, const std::string& state) {
  ask_lines(bench, vm, state);
  ask_irqfds(bench, vm, state);
  ask_routes(bench, vm, state);
}

}  // namespace

void probe_interrupts(Bench& bench) {
  {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    vcpu.init();
    ask_all(bench, vm, "no vGIC");
  }
  {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    vcpu.init();
    const Gic gic(vm, false);
    ask_all(bench, vm, "vGIC not initialised");
  }
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  vcpu.init();
  const Gic gic(vm);
  uint32_t irqs = 96;
  gic.attribute(KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
  gic.init();
  ask_all(bench, vm, "vGIC of 96");
  ask_doorbells(bench);
}

}  // namespace hvk::oracle
