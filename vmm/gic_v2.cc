// SPDX-License-Identifier: GPL-2.0-only
// GICv2: distributor emulated by the kernel, CPU interface in hardware (GICV).
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/fd.h"
#include "vmm/fdt.h"
#include "vmm/gic.h"
#include "vmm/layout.h"
#include "vmm/vm.h"

namespace hvk {
namespace {

// SGIs, PPIs and SPIs up to the highest in use, an event channel's.
constexpr uint32_t kIntids = 32 + layout::kEventSpiBase + layout::kEventSpis;
constexpr unsigned kLevelHigh = 4;
// As many CPU interfaces as GICD_ITARGETSR has bits (IHI 0048 4.3.12).
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

 private:
  void set(uint32_t group, uint64_t attribute, const void* value) {
    kvm_device_attr attr = {};
    attr.group = group;
    attr.attr = attribute;
    attr.addr = reinterpret_cast<uintptr_t>(value);
    if (::ioctl(device_.get(), KVM_SET_DEVICE_ATTR, &attr) != 0) {
      throw_errno("GICv2: group " + std::to_string(group) + ", attribute " +
                  std::to_string(attribute));
    }
  }

  Fd device_;
};

}  // namespace

std::unique_ptr<Gic> make_gic_v2() { return std::make_unique<GicV2>(); }

}  // namespace hvk
