// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's hypercalls, as a part of the guest: enables them in the module, and answers those that
// the module leaves to the VMM.
#pragma once

#include "machine/part.h"
#include "partition/para.h"

namespace hvk {

class Hypercalls final : public Part {
 public:
  // The arguments are those of Para's constructor, and must outlive this part.
  Hypercalls(const Place& place, GuestMemory& ram, ByteSink& console)
      : place_(place), para_(place, ram, console) {}

  // The code that the guest gave with HALT; 0 if it has not called HALT.
  uint64_t halt_code() const { return para_.halt_code(); }

  void map(Vm& vm) override;
  std::optional<ParaAnswer> answer(uint64_t function, const ParaArgs& args) override {
    return para_.call(function, args);
  }

 private:
  const Place& place_;
  Para para_;
};

}  // namespace hvk
