// SPDX-License-Identifier: GPL-2.0-only
#include "partition/channel_gpio.h"

#include <algorithm>

#include "board/layout.h"
#include "config/grants.h"
#include "partition/place_tree.h"

namespace hvk {

ChannelGpio::ChannelGpio(const Place& place, Bus& bus) : links_(*place.links) {
  const auto ends = channel_ends(place.system, place.guest);
  for (size_t first = 0; first < ends.size(); first += Pl061::kLines) {
    const size_t index = first / Pl061::kLines;
    const size_t last = std::min<size_t>(ends.size(), first + Pl061::kLines);
    Pl061::Wiring wiring;
    wiring.spi = layout::kChannelGpioSpiBase + static_cast<uint32_t>(index);
    wiring.phandle = channel_phandle(first);
    for (size_t i = first; i < last; ++i) {
      wiring.names.push_back(place.system.channels[ends[i].channel].name);
    }
    wiring.rose = [this, ends, first](unsigned line) {
      const size_t end = first + line;
      if (end < ends.size() && ends[end].sends) links_.notify(ends[end].channel);
    };
    wires_.push_back(std::make_unique<SpiLine>(wiring.spi));
    devices_.push_back(std::make_unique<Pl061>(*wires_.back(), std::move(wiring)));
    const layout::Range range{layout::kChannelGpio.base + index * layout::kChannelGpio.size,
                              layout::kChannelGpio.size};
    bus.add(range, *devices_.back());
  }

  for (size_t i = 0; i < ends.size(); ++i) {
    events_.push_back(ends[i].sends ? nullptr : std::make_unique<EventFd>());
    if (ends[i].sends) continue;
    links_.events().add(events_[i]->get(), [this, i] {
      events_[i]->take();
      devices_[i / Pl061::kLines]->pulse(i % Pl061::kLines);
    });
  }
}

ChannelGpio::~ChannelGpio() {
  for (const auto& event : events_) {
    if (event) links_.events().remove(event->get());
  }
}

void ChannelGpio::connect(const Vm& vm) {
  for (const auto& wire : wires_) wire->connect(&vm);
}

int ChannelGpio::event_fd(size_t end) const { return events_[end] ? events_[end]->get() : -1; }

}  // namespace hvk
