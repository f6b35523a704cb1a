// SPDX-License-Identifier: GPL-2.0-or-later
// What every guest of a system has, as a part of the guest: a counter that follows the system's
// clock, and the device tree node that says which partition the guest is and which channels it has
// (docs/device-tree.md).
#pragma once

#include "machine/part.h"
#include "partition/links.h"

namespace hvk {

class Membership final : public Part {
 public:
  // `place`, whose links must not be null, must outlive this part.
  explicit Membership(const Place& place) : place_(place) {}

  void describe(Fdt& fdt) const override;
  void map(Vm& vm) override;

 private:
  const Place& place_;
};

}  // namespace hvk
