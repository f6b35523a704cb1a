// SPDX-License-Identifier: GPL-2.0-only
// A guest's event channels as GPIO lines, for Linux's userspace, which has
// drivers for these: a received event is a pulse of an input, and a rising edge
// of an output is an event sent.
#pragma once

#include <memory>
#include <vector>

#include "base/fd.h"
#include "board/bus.h"
#include "devices/pl061.h"
#include "hv/spi_line.h"
#include "partition/links.h"

namespace hvk {

class ChannelGpio {
 public:
  // A line for each of channel_ends(), in that order, eight to a device, on
  // `bus`. Throws SetupError.
  ChannelGpio(const Place& place, Bus& bus);
  // From here on received events go nowhere.
  ~ChannelGpio();
  ChannelGpio(const ChannelGpio&) = delete;
  ChannelGpio& operator=(const ChannelGpio&) = delete;

  // The interrupts of the devices; before events are bound.
  void connect(const Vm& vm);

  // What is to be signalled when the n-th end receives an event; -1: it sends.
  int event_fd(size_t end) const;

 private:
  SystemLinks& links_;
  std::vector<std::unique_ptr<SpiLine>> wires_;
  std::vector<std::unique_ptr<Pl061>> devices_;
  std::vector<std::unique_ptr<EventFd>> events_;  // an end each; null: it sends
};

}  // namespace hvk
