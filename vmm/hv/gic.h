// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's interrupt controller. The kernel emulates it; this interface
// creates it, sets its addresses, describes it in the device tree, and saves and
// restores its state. All calls are the main thread's, while no vCPU runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace hvk {

class Fdt;
class Vm;

// The state of a guest's interrupt controller while no vCPU runs. The levels of
// the devices' lines are not part of it: the devices set them again
// (SpiLine::connect).
struct GicState {
  struct Register {
    uint32_t group;  // KVM_DEV_ARM_VGIC_GRP_*
    uint64_t attribute;
    uint32_t value;
  };
  std::vector<Register> registers;  // in the order in which `restore` has to set them
};

class Gic {
 public:
  virtual ~Gic() = default;

  virtual std::string_view name() const = 0;
  virtual unsigned max_cpus() const = 0;

  // Writes the controller's node, with phandle Fdt::kPhandleGic, which the root
  // node names as interrupt parent. To be called while the root node is open.
  virtual void describe(Fdt& fdt) const = 0;

  // The third cell of a PPI's interrupt specifier: the mask of the guest's CPUs,
  // of which there are `cpus`, and the flag for level-sensitive, active high
  // (devicetree binding arm,gic).
  virtual unsigned ppi_flags(unsigned cpus) const = 0;

  // Creates the in-kernel device. To be called before the first vCPU is
  // created. Throws SetupError.
  virtual void create(const Vm& vm) = 0;
  // Initialises the device. To be called after the last vCPU is created and
  // before any of them runs. Throws SetupError.
  virtual void finish() = 0;

  // `save` reads the controller's state, with the banked registers and the CPU interfaces of `cpus`
  // vCPUs. `restore` writes it to a new controller, after `finish` and before a device raises an
  // interrupt there. Both throw SetupError.
  virtual GicState save(unsigned cpus) const = 0;
  virtual void restore(const GicState& state) = 0;
};

// A GICv2 whose CPU interface is the hardware's virtual one (GICV), as hosts with a GIC-400 have
// it.
std::unique_ptr<Gic> make_gic_v2();

}  // namespace hvk
