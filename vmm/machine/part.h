// SPDX-License-Identifier: GPL-2.0-or-later
// The interface of the parts that a guest is made of besides its vCPUs and its interrupt
// controller: RAM, devices, hypercalls, and what a system gives it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "hv/para_call.h"

namespace hvk {

class Bus;
class Fdt;
class Vcpu;
class Vm;

// At each step the machine calls one function of all its parts, in their order, before it goes on
// to the next step. By default a part does nothing at a step. All functions but `answer` are called
// from the main thread. `build`, `describe`, `map` and `bind` throw SetupError.
class Part {
 public:
  virtual ~Part() = default;

  // Prepares all that needs no hypervisor, and puts the part's devices on the bus.
  virtual void build(Bus&) {}

  // Writes the part's device tree nodes, other than those of devices on the bus, which write their
  // own. Called while the root node is open.
  virtual void describe(Fdt&) const {}

  // Sets up what the VM must have before its vCPUs are created: memory slots, hypercalls, the
  // counter's offset. The VM has no vCPU yet.
  virtual void map(Vm&) {}

  // Connects the part to the VM: interrupt lines, channels, windows. All vCPUs are created and none
  // of them runs yet.
  virtual void bind(Vm&, std::span<const std::unique_ptr<Vcpu>>) {}

  // Disconnects the part from the VM, whose vCPUs are destroyed. The part may be given another VM
  // afterwards, by `map` and `bind`.
  virtual void unbind() {}

  // Whether the guest can be moved to another VM while it runs, as far as this part is concerned.
  virtual bool can_move() const { return true; }

  // Returns the answer to a hypercall, or nothing if the call does not belong to this part. Called
  // from vCPU threads, possibly from several at once; never throws.
  virtual std::optional<ParaAnswer> answer(uint64_t, const ParaArgs&) { return std::nullopt; }
};

using Parts = std::vector<std::unique_ptr<Part>>;

}  // namespace hvk
