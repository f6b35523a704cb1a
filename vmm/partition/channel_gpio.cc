// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/channel_gpio.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "board/bus.h"
#include "board/layout.h"
#include "hv/vm.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

namespace hvk {
namespace {

// The phandle of the first PL061 for channels; the following ones count up. All other phandles in
// the tree are lower.
constexpr uint32_t kFirstPhandle = 16;

}  // namespace

ChannelGpio::Line ChannelGpio::line_of(size_t end) {
  return {kFirstPhandle + static_cast<uint32_t>(end / Pl061::kLines),
          static_cast<uint32_t>(end % Pl061::kLines)};
}

ChannelGpio::ChannelGpio(const Place& place)
    : place_(place), ends_(channel_ends(place.system, place.guest)) {}

void ChannelGpio::build(Bus& bus) {
  for (size_t first = 0; first < ends_.size(); first += Pl061::kLines) add_device(first, bus);
  for (size_t i = 0; i < ends_.size(); ++i) {
    events_.push_back(ends_[i].sends ? nullptr : std::make_unique<EventFd>());
    if (ends_[i].sends) continue;
    const auto receive = [event = events_[i].get(), device = devices_[i / Pl061::kLines].get(),
                          line = i % Pl061::kLines] {
      event->take();
      device->pulse(line);
    };
    watches_.push_back(std::make_unique<Watch>(place_.links->events(), events_[i]->get(), receive));
  }
}

// Adds the PL061 whose line 0 is the channel end with index `first`.
void ChannelGpio::add_device(size_t first, Bus& bus) {
  const size_t index = first / Pl061::kLines;
  const size_t last = std::min<size_t>(ends_.size(), first + Pl061::kLines);
  Pl061::Wiring wiring;
  wiring.spi = layout::kChannelGpioSpiBase + static_cast<uint32_t>(index);
  wiring.phandle = line_of(first).phandle;
  for (size_t i = first; i < last; ++i) {
    wiring.names.push_back(place_.system.channels[ends_[i].channel].name);
  }
  wiring.rose = [this, first](unsigned line) {
    const size_t end = first + line;
    if (end < ends_.size() && ends_[end].sends) place_.links->notify(ends_[end].channel);
  };
  wires_.push_back(std::make_unique<SpiLine>(wiring.spi));
  devices_.push_back(std::make_unique<Pl061>(*wires_.back(), std::move(wiring)));
  const layout::Range& board = layout::kChannelGpio;
  bus.add({board.base + index * board.size, board.size}, *devices_.back());
}

void ChannelGpio::bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>>) {
  // Connect the devices' lines first, because an event may arrive as soon as an end is bound.
  for (const auto& wire : wires_) wire->connect(&vm);
  for (size_t i = 0; i < ends_.size(); ++i) bind_end(vm, i);
}

void ChannelGpio::bind_end(const Vm& vm, size_t end) const {
  const auto& [channel, sends, peer] = ends_[end];
  hvk_channel_bind bind = {};
  bind.channel_fd = place_.links->channel(channel);
  bind.number = static_cast<uint32_t>(channel);
  bind.role = sends ? HVK_CHANNEL_SEND : HVK_CHANNEL_RECEIVE;
  bind.intid = sends ? 0 : HVK_PARA_EVENT_INTID + bind.number;
  bind.event_fd = sends ? -1 : events_[end]->get();
  if (::ioctl(vm.fd(), HVK_BIND_CHANNEL, &bind) != 0) {
    throw_errno(fmt::format("channel '{}'", place_.system.channels[channel].name));
  }
}

void ChannelGpio::unbind() {
  for (const auto& wire : wires_) wire->connect(nullptr);
}

}  // namespace hvk
