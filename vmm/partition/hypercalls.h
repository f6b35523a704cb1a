// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's hypercalls as a part of it: the module is told to let them through, and those that it
// leaves to the VMM are answered.
#pragma once

#include "machine/part.h"
#include "partition/para.h"

namespace hvk {

class Hypercalls final : public Part {
 public:
  // As Para.
  Hypercalls(const Place& place, GuestMemory& ram, ByteSink& console)
      : place_(place), para_(place, ram, console) {}

  // HALT's code, if that ended the guest; else 0.
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
