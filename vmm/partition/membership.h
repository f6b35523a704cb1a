// SPDX-License-Identifier: GPL-2.0-or-later
// What every guest of a system has, as a part of the guest: the system's clock, and the node of
// its device tree that says which partition it is and what its channels are
// (docs/device-tree.md).
#pragma once

#include "machine/part.h"
#include "partition/links.h"

namespace hvk {

class Membership final : public Part {
 public:
  // `place`, whose links must be there, must outlive it.
  explicit Membership(const Place& place) : place_(place) {}

  void describe(Fdt& fdt) const override;
  void map(Vm& vm) override;

 private:
  const Place& place_;
};

}  // namespace hvk
