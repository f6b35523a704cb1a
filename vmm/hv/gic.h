// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's interrupt controller: it lives in the kernel; here it is chosen,
// placed and described.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace hvk {

class Fdt;
class Vm;

// All that a guest's interrupt controller is while no vCPU runs. Lines that
// devices hold are theirs to raise again.
struct GicState {
  struct Register {
    uint32_t group;  // KVM_DEV_ARM_VGIC_GRP_*
    uint64_t attribute;
    uint32_t value;
  };
  std::vector<Register> registers;  // in the order in which to set them
};

class Gic {
 public:
  virtual ~Gic() = default;

  virtual std::string_view name() const = 0;
  virtual unsigned max_cpus() const = 0;

  // Writes the node that Fdt::kPhandleGic stands for, and makes it the
  // interrupt parent of all; to be called inside the root node.
  virtual void describe(Fdt& fdt) const = 0;

  // The third cell's CPU mask of a PPI, and its level-sensitive flag
  // (devicetree binding arm,gic).
  virtual unsigned ppi_flags(unsigned cpus) const = 0;

  // Creates the in-kernel device: before the vCPUs. Throws SetupError.
  virtual void create(const Vm& vm) = 0;
  // Makes it ready to run: after the vCPUs. Throws SetupError.
  virtual void finish() = 0;

  // `save` reads the controller's state, with that of `cpus` vCPUs. `restore` sets it in a new
  // controller, after `finish` and before any interrupt. Both throw SetupError.
  virtual GicState save(unsigned cpus) const = 0;
  virtual void restore(const GicState& state) = 0;
};

// GICv2 with the virtual CPU interface: hosts with a GIC-400.
std::unique_ptr<Gic> make_gic_v2();

}  // namespace hvk
