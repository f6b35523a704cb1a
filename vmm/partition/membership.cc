// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/membership.h"

#include <fmt/format.h>

#include "board/fdt.h"
#include "board/layout.h"
#include "config/grants.h"
#include "hv/vm.h"
#include "partition/channel_gpio.h"

namespace hvk {

void Membership::describe(Fdt& fdt) const {
  const SystemConfig& system = place_.system;
  Fdt::Node node(fdt, "partition");
  fdt.property("compatible", "hvk,partition");
  fdt.property("label", system.guests[place_.guest].name);
  fdt.cells("hvk,id", {static_cast<uint32_t>(place_.guest)});
  const auto ends = channel_ends(system, place_.guest);
  for (size_t i = 0; i < ends.size(); ++i) {
    const auto number = static_cast<uint32_t>(ends[i].channel);
    Fdt::Node channel(fdt, fmt::format("channel-{}", number));
    fdt.property("compatible", "hvk,channel");
    fdt.property("label", system.channels[number].name);
    fdt.cells("hvk,number", {number});
    fdt.property("hvk,role", ends[i].sends ? "send" : "receive");
    if (!ends[i].sends) fdt.spi(layout::kEventSpiBase + number, true);
    const ChannelGpio::Line line = ChannelGpio::line_of(i);
    fdt.cells("gpios", {line.phandle, line.number, 0});
  }
}

void Membership::map(Vm& vm) {
  if (place_.links->one_clock()) vm.offset_counts(place_.links->clock().start_ticks());
}

}  // namespace hvk
