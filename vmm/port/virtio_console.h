// SPDX-License-Identifier: GPL-2.0-or-later
// Named ports (virtio 1.2, section 5.3): streams of bytes between programs of the guest and of the
// host. In a Linux guest a port is /dev/virtio-ports/NAME.
//
// Always with VIRTIO_CONSOLE_F_MULTIPORT: a driver without it finds nothing. Port 0, which such
// drivers take for a console, has no name and is never there. Not modelled: a console's size, the
// emergency write.
//
// A port whose other end does not read holds its own queue, and no other port.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "port/port_stream.h"
#include "virtio/device.h"
#include "virtio/turns.h"

namespace hvk {

class VirtioConsole final : public VirtioDevice, private PortUser {
 public:
  static constexpr uint16_t kQueueSize = 64;
  // Port 0 counts.
  static constexpr unsigned kMostPorts = 16;

  // `loop` is that of the device's worker. It and the streams, of which there are less than
  // kMostPorts, must outlive this object.
  VirtioConsole(EventLoop& loop, std::vector<PortStream*> streams);

  uint32_t id() const override { return 3; }
  std::string_view name() const override { return "virtio-console"; }
  std::span<const uint16_t> queue_sizes() const override { return sizes_; }
  uint64_t features() const override { return kMultiport; }
  void read_config(uint64_t offset, std::span<std::byte> to) const override;
  void start(uint64_t features, VirtioHost& host) override;
  void notified(unsigned queue) override;
  void stop(Stop stop) override;
  void reset() override;
  nlohmann::json save() const override;
  void restore(const nlohmann::json& state) override;

 private:
  static constexpr uint64_t kMultiport = 1 << 1;  // VIRTIO_CONSOLE_F_MULTIPORT

  struct Port {
    explicit Port(PortStream* port_stream) : stream(port_stream) {}

    PortStream* stream;
    bool ready = false;  // the driver has it
    bool open = false;   // a program of the guest has it open
    bool told = false;   // what the driver knows of `connected`
    // Messages that the driver has not been told yet.
    bool add = false, naming = false;
    bool reading = false;  // there may be buffers to read into
    // A chain that the other end has not taken whole, and how much of it.
    Chain sending;
    bool unsent = false;
    uint32_t sent = 0;
  };

  // PortUser, in the worker.
  void connected_changed(unsigned number) override;
  void stream_ready(unsigned number) override;

  Virtqueue* usable(unsigned index);
  void receive(unsigned number);
  void transmit(unsigned number);
  void control();
  void obey(const Buffers& message);
  void tell_driver();
  bool tell_driver(unsigned number, uint16_t event, uint16_t value, std::string_view text = {});
  void update(unsigned number);
  void end_turn(unsigned index);

  std::vector<Port> ports_;  // port 0 has no stream
  std::vector<uint16_t> sizes_;
  EventLoop& loop_;

  VirtioHost* host_ = nullptr;
  bool multiport_ = false;
  bool broken_ = false;
  Turns turns_;
};

}  // namespace hvk
