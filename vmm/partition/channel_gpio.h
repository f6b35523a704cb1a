// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's event channels, as a part of the guest. Their ends are bound to the VM, for the
// hypercalls, and each is also a line of a PL061, so that Linux's userspace can use channels by the
// GPIO drivers that exist. A received event is a pulse on an input; a rising edge on an output
// sends an event.
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
  // A GPIO line as the device tree refers to it.
  struct Line {
    uint32_t phandle;  // the PL061's
    uint32_t number;   // of the line, at that PL061
  };
  // The line of the channel end with index `end` in channel_ends(). Each PL061 has eight.
  static Line line_of(size_t end);

  // `place`, whose links must not be null, must outlive this part.
  explicit ChannelGpio(const Place& place);

  void build(Bus& bus) override;
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>> vcpus) override;
  void unbind() override;
  // A channel's end belongs to the VM that it was bound to, so it cannot move to another VM.
  bool can_move() const override { return ends_.empty(); }

 private:
  void add_device(size_t first, Bus& bus);
  void bind_end(const Vm& vm, size_t end) const;

  const Place& place_;
  const std::vector<ChannelEnd> ends_;
  std::vector<std::unique_ptr<SpiLine>> wires_;
  std::vector<std::unique_ptr<Pl061>> devices_;
  std::vector<std::unique_ptr<EventFd>> events_;  // one per end; null for a sender's end
  std::vector<std::unique_ptr<Watch>> watches_;   // last, so that they end before what they use
};

}  // namespace hvk
