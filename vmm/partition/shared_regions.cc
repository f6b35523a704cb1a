// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/shared_regions.h"

#include "board/fdt.h"
#include "board/node_name.h"
#include "config/grants.h"
#include "hv/vm.h"

namespace hvk {

void SharedRegions::describe(Fdt& fdt) const {
  for (const SharedView& view : shared_views(place_.system, place_.guest)) {
    const SharedConfig& region = place_.system.shared[view.region];
    Fdt::Node node(fdt, node_name("shared-memory", region.ipa));
    fdt.property("compatible", "hvk,shared-memory");
    fdt.reg(region.ipa, region.size);
    fdt.property("label", region.name);
    if (!view.write) fdt.property("read-only");
    if (region.cached) fdt.property("hvk,cached");
  }
}

void SharedRegions::map(Vm& vm) {
  uint32_t slot = slots::kFirstShared;
  for (const SharedView& view : shared_views(place_.system, place_.guest)) {
    const SharedConfig& region = place_.system.shared[view.region];
    vm.map(slot++, region.ipa, place_.links->shared(view.region).bytes(), !view.write);
  }
}

void SharedRegions::bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) {
  if (!has_windows(place_.system, place_.guest)) return;
  for (const SharedView& view : shared_views(place_.system, place_.guest)) {
    const SharedConfig& region = place_.system.shared[view.region];
    vm.prefault(region.ipa, region.size);
  }
}

}  // namespace hvk
