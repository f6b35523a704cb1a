// SPDX-License-Identifier: GPL-2.0-or-later
// The shared memory that a system grants a guest, as a part of the guest.
#pragma once

#include "machine/part.h"
#include "partition/links.h"

namespace hvk {

class SharedRegions final : public Part {
 public:
  // `place`, whose links must not be null, must outlive this part.
  explicit SharedRegions(const Place& place) : place_(place) {}

  void describe(Fdt& fdt) const override;
  void map(Vm& vm) override;
  // If the guest has windows, maps all its regions at stage 2 now, so that no access to them causes
  // an exit later.
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>> vcpus) override;

 private:
  const Place& place_;
};

}  // namespace hvk
