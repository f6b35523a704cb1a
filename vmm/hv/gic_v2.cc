// SPDX-License-Identifier: GPL-2.0-or-later
// GICv2: the kernel emulates the distributor; the CPU interface is the hardware's GICV.
#include <fmt/format.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "base/fd.h"
#include "board/fdt.h"
#include "board/layout.h"
#include "hv/gic.h"
#include "hv/vm.h"

namespace hvk {
namespace {

// The number of INTIDs: SGIs, PPIs, and SPIs up to the highest one in use, which is the last event
// channel's.
constexpr uint32_t kIntids = 32 + layout::kEventSpiBase + layout::kEventSpis;
constexpr unsigned kLevelHigh = 4;
// The distributor's registers that are saved (IHI 0048 4.3), in the order in which they are
// restored: an interrupt's group, target, trigger and priority come before its enable, pending and
// active state.
struct Bank {
  uint32_t offset;
  uint32_t clear;  // for set-only registers, the register to clear the bits by before; else 0
  unsigned bits;   // per INTID
};
constexpr Bank kBanks[] = {
    {0x080, 0, 1},      // GICD_IGROUPR
    {0x800, 0, 8},      // GICD_ITARGETSR
    {0xc00, 0, 2},      // GICD_ICFGR
    {0x400, 0, 8},      // GICD_IPRIORITYR
    {0x100, 0x180, 1},  // GICD_ISENABLER
    {0x200, 0x280, 1},  // GICD_ISPENDR
    {0x300, 0x380, 1},  // GICD_ISACTIVER
};
constexpr uint32_t kDistCtlr = 0x000, kDistIidr = 0x008, kPending = 0x200;
constexpr uint32_t kSgiPending = 0xf20, kSgiClear = 0xf10;  // GICD_SPENDSGIR, GICD_CPENDSGIR
constexpr uint32_t kSgis = 0xffff;  // the SGIs' bits in the first register of a one-bit bank
// GICC_CTLR, _PMR, _BPR, _ABPR, _APR0 to 3 (IHI 0048 4.4).
constexpr uint32_t kCpuRegisters[] = {0x00, 0x04, 0x08, 0x1c, 0xd0, 0xd4, 0xd8, 0xdc};

// The field of an interrupt in GICD_ITARGETSR has a bit for each CPU interface (IHI 0048 4.3.12).
constexpr unsigned kCpuInterfaces = 8;

class GicV2 final : public Gic {
 public:
  std::string_view name() const override { return "GICv2"; }
  unsigned max_cpus() const override { return kCpuInterfaces; }

  void describe(Fdt& fdt) const override {
    const layout::Range& dist = layout::kGicDist;
    const layout::Range& cpu = layout::kGicCpu;
    const auto high = [](uint64_t v) { return static_cast<uint32_t>(v >> 32); };
    const auto low = [](uint64_t v) { return static_cast<uint32_t>(v); };
    Fdt::Node node(fdt, "intc@8000000");
    fdt.property("compatible", "arm,cortex-a15-gic");
    fdt.cells("#interrupt-cells", {3});
    fdt.property("interrupt-controller");
    fdt.cells("#address-cells", {2});
    fdt.cells("#size-cells", {2});
    fdt.property("ranges");
    fdt.cells("reg", {high(dist.base), low(dist.base), high(dist.size), low(dist.size),  //
                      high(cpu.base), low(cpu.base), high(cpu.size), low(cpu.size)});
    fdt.cells("phandle", {Fdt::kPhandleGic});
  }

  unsigned ppi_flags(unsigned cpus) const override {
    return (((1u << cpus) - 1) << 8) | kLevelHigh;
  }

  void create(const Vm& vm) override {
    device_ = vm.create_device(KVM_DEV_TYPE_ARM_VGIC_V2);
    if (!device_) {
      throw SetupError("GICv2", "this host cannot give guests one",
                       "it needs a GIC with the GICH and GICV regions; see hvk-run --doctor");
    }
    set(KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, &layout::kGicDist.base);
    set(KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, &layout::kGicCpu.base);
    set(KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &kIntids);
  }

  void finish() override { set(KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, nullptr); }

  GicState save(unsigned cpus) const override {
    GicState state;
    const auto keep = [&](uint32_t group, unsigned cpu, uint32_t offset, uint32_t mask) {
      const uint64_t attribute = uint64_t{cpu} << KVM_DEV_ARM_VGIC_CPUID_SHIFT | offset;
      state.registers.push_back({group, attribute, get(group, attribute) & mask});
    };
    const auto clear = [&](unsigned cpu, uint32_t offset) {
      state.registers.push_back({KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
                                 uint64_t{cpu} << KVM_DEV_ARM_VGIC_CPUID_SHIFT | offset, ~0u});
    };
    // GICD_IIDR is restored first: its revision tells the kernel how to interpret the other
    // registers.
    keep(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, kDistIidr, ~0u);
    for (const Bank& bank : kBanks) {
      // The registers of SGIs and PPIs (INTIDs 0 to 31) are banked for each vCPU.
      const uint32_t banked = bank.bits * 32 / 8, size = bank.bits * kIntids / 8;
      for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        for (uint32_t at = 0; at < (cpu == 0 ? size : banked); at += 4) {
          if (bank.clear) clear(cpu, bank.clear + at);
          // Pending SGIs are saved with their senders from GICD_SPENDSGIR below, so mask them here.
          const uint32_t mask = bank.offset == kPending && at == 0 ? ~kSgis : ~0u;
          keep(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, cpu, bank.offset + at, mask);
        }
      }
    }
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
      for (uint32_t at = 0; at < 16; at += 4) {
        clear(cpu, kSgiClear + at);
        keep(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, cpu, kSgiPending + at, ~0u);
      }
      for (const uint32_t offset : kCpuRegisters) {
        keep(KVM_DEV_ARM_VGIC_GRP_CPU_REGS, cpu, offset, ~0u);
      }
    }
    keep(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, kDistCtlr, ~0u);
    return state;
  }

  void restore(const GicState& state) override {
    for (const GicState::Register& reg : state.registers) {
      set(reg.group, reg.attribute, &reg.value);
    }
  }

 private:
  uint32_t get(uint32_t group, uint64_t attribute) const {
    uint32_t value = 0;
    kvm_device_attr attr = {};
    attr.group = group;
    attr.attr = attribute;
    attr.addr = reinterpret_cast<uintptr_t>(&value);
    if (::ioctl(device_.get(), KVM_GET_DEVICE_ATTR, &attr) != 0) fail(group, attribute);
    return value;
  }

  void set(uint32_t group, uint64_t attribute, const void* value) {
    kvm_device_attr attr = {};
    attr.group = group;
    attr.attr = attribute;
    attr.addr = reinterpret_cast<uintptr_t>(value);
    if (::ioctl(device_.get(), KVM_SET_DEVICE_ATTR, &attr) != 0) fail(group, attribute);
  }

  [[noreturn]] static void fail(uint32_t group, uint64_t attribute) {
    throw_errno(fmt::format("GICv2: group {}, attribute {:#x}", group, attribute));
  }

  Fd device_;
};

}  // namespace

std::unique_ptr<Gic> make_gic_v2() { return std::make_unique<GicV2>(); }

}  // namespace hvk
