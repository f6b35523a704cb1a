// SPDX-License-Identifier: GPL-2.0-or-later
// What a guest is made of beside its vCPUs and its interrupt controller: RAM, devices,
// hypercalls, and what a system gives it.
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

// A machine calls each function of all its parts, in their order, before it calls the next
// function. A part does nothing where it has nothing to do. All calls but `answer` are the main
// thread's; those that return nothing throw SetupError, `unbind` excepted.
class Part {
 public:
  virtual ~Part() = default;

  // Does all that needs no hypervisor, and puts the part's devices on the bus.
  virtual void build(Bus&) {}

  // Writes the nodes that are no device's on the bus. The root node is open.
  virtual void describe(Fdt&) const {}

  // Gives the VM, which has no vCPU yet, what has to be there before: memory, hypercalls, the
  // zero of its counter.
  virtual void map(Vm&) {}

  // Joins the VM, whose vCPUs are complete and do not run yet: interrupt lines, channels, windows.
  virtual void bind(Vm&, std::span<const std::unique_ptr<Vcpu>>) {}

  // Leaves the VM, whose vCPUs are gone. Another one may follow, by `map` and `bind`.
  virtual void unbind() {}

  // Whether another VM can follow while the guest goes on.
  virtual bool can_move() const { return true; }

  // The answer to a hypercall, or nothing if it is none of this part's. From any vCPU thread,
  // several at once; never throws.
  virtual std::optional<ParaAnswer> answer(uint64_t, const ParaArgs&) { return std::nullopt; }
};

using Parts = std::vector<std::unique_ptr<Part>>;

}  // namespace hvk
