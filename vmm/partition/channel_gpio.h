// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's event channels, as a part of the guest: bound to its VM for hypercalls, and beside
// that GPIO lines for Linux's userspace, which has drivers for these. A received event is a pulse
// of an input, and a rising edge of an output is an event sent.
#pragma once

#include <memory>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "config/grants.h"
#include "devices/pl061.h"
#include "hv/spi_line.h"
#include "machine/part.h"
#include "partition/links.h"

namespace hvk {

class ChannelGpio final : public Part {
 public:
  // A GPIO line as the device tree tells of it.
  struct Line {
    uint32_t phandle;  // of its device
    uint32_t number;   // at that device
  };
  // That of the n-th of channel_ends(): eight to a device.
  static Line line_of(size_t end);

  // `place`, whose links must be there, must outlive it.
  explicit ChannelGpio(const Place& place);

  void build(Bus& bus) override;
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>> vcpus) override;
  void unbind() override;
  // The owner of a channel's end is a VM.
  bool can_move() const override { return ends_.empty(); }

 private:
  void add_device(size_t first, Bus& bus);
  void bind_end(const Vm& vm, size_t end) const;

  const Place& place_;
  const std::vector<ChannelEnd> ends_;
  std::vector<std::unique_ptr<SpiLine>> wires_;
  std::vector<std::unique_ptr<Pl061>> devices_;
  std::vector<std::unique_ptr<EventFd>> events_;  // an end each; null: it sends
  std::vector<std::unique_ptr<Watch>> watches_;   // once they have ended, events go nowhere
};

}  // namespace hvk
