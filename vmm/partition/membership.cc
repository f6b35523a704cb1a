// SPDX-License-Identifier: GPL-2.0-only
#include "partition/place_tree.h"

#include <fmt/format.h>

#include "board/layout.h"
#include "board/node_name.h"
#include "config/grants.h"

namespace hvk {

void describe_place(Fdt& fdt, const Place& place) {
  const SystemConfig& system = place.system;
  for (const SharedView& view : shared_views(system, place.guest)) {
    const SharedConfig& region = system.shared[view.region];
    Fdt::Node node(fdt, node_name("shared-memory", region.ipa));
    fdt.property("compatible", "hvk,shared-memory");
    fdt.reg(region.ipa, region.size);
    fdt.property("label", region.name);
    if (!view.write) fdt.property("read-only");
    if (region.cached) fdt.property("hvk,cached");
  }

  Fdt::Node node(fdt, "partition");
  fdt.property("compatible", "hvk,partition");
  fdt.property("label", system.guests[place.guest].name);
  fdt.cells("hvk,id", {static_cast<uint32_t>(place.guest)});
  const auto ends = channel_ends(system, place.guest);
  for (size_t i = 0; i < ends.size(); ++i) {
    const auto number = static_cast<uint32_t>(ends[i].channel);
    Fdt::Node channel(fdt, fmt::format("channel-{}", number));
    fdt.property("compatible", "hvk,channel");
    fdt.property("label", system.channels[number].name);
    fdt.cells("hvk,number", {number});
    fdt.property("hvk,role", ends[i].sends ? "send" : "receive");
    if (!ends[i].sends) fdt.spi(layout::kEventSpiBase + number, true);
    fdt.cells("gpios", {channel_phandle(i), static_cast<uint32_t>(i % Pl061::kLines), 0});
  }
}

}  // namespace hvk
