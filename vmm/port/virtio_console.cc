// SPDX-License-Identifier: GPL-2.0-or-later
#include "port/virtio_console.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"

namespace hvk {
namespace {

// The queues of control, and those of ports from 1 on (5.3.2).
constexpr unsigned kToDriver = 2, kFromDriver = 3;
constexpr unsigned receive_queue(unsigned port) { return 2 * port + 2; }
constexpr unsigned send_queue(unsigned port) { return 2 * port + 3; }
constexpr unsigned port_of(unsigned queue) { return (queue - 2) / 2; }

// Messages of control (5.3.6.2).
struct Control {
  uint32_t port;
  uint16_t event, value;
};
enum : uint16_t {
  kDeviceReady = 0,
  kPortAdd = 1,
  kPortReady = 3,
  kPortOpen = 6,
  kPortName = 7,
};

// The configuration (5.3.4).
struct Configuration {
  uint16_t columns, rows;
  uint32_t most_ports;
  uint32_t emergency;
};

// Chains, and bytes of them, that one queue takes at a time.
constexpr unsigned kTurn = 64;
constexpr size_t kTurnBytes = 1 << 20;

}  // namespace

VirtioConsole::VirtioConsole(EventLoop& loop, std::vector<PortStream*> streams)
    : loop_(loop), turns_(loop, [this](unsigned queue) { notified(queue); }) {
  ports_.emplace_back(nullptr);
  for (PortStream* stream : streams) ports_.emplace_back(stream);
  sizes_.assign(send_queue(static_cast<unsigned>(streams.size())) + 1, kQueueSize);
}

void VirtioConsole::read_config(uint64_t offset, std::span<std::byte> to) const {
  const Configuration config = {0, 0, static_cast<uint32_t>(ports_.size()), 0};
  copy_config(std::as_bytes(std::span(&config, 1)), offset, to);
}

void VirtioConsole::start(uint64_t features, VirtioHost& host) {
  host_ = &host;
  multiport_ = features & kMultiport;
  broken_ = false;
  for (unsigned i = 1; i < ports_.size(); ++i) {
    ports_[i].stream->attach(loop_, *this, i);
    update(i);
  }
  // A client may have come or gone since the driver was told.
  tell_driver();
}

void VirtioConsole::stop(Stop) {
  if (!host_) return;
  for (unsigned i = 1; i < ports_.size(); ++i) {
    Port& port = ports_[i];
    port.stream->detach();
    // What was written of it must not be written again: the rest is lost, as on a line that breaks.
    Virtqueue* const queue = host_->queue(send_queue(i));
    if (std::exchange(port.unsent, false) && queue) {
      if (port.sent == 0) {
        queue->put_back(1);
      } else {
        queue->give_back(port.sending.head, 0);
      }
    }
    port.sent = 0;
  }
  turns_.clear();
  host_ = nullptr;
}

void VirtioConsole::reset() {
  for (Port& port : ports_) port = Port(port.stream);
}

void VirtioConsole::notified(unsigned queue) {
  if (!multiport_) return;
  if (queue == kToDriver) {
    tell_driver();
  } else if (queue == kFromDriver) {
    control();
  } else if (queue > kFromDriver) {
    const unsigned port = port_of(queue);
    queue == receive_queue(port) ? receive(port) : transmit(port);
  }
}

// --- turns -----------------------------------------------------------------------------------

Virtqueue* VirtioConsole::usable(unsigned index) {
  return host_ && !broken_ ? host_->queue(index) : nullptr;
}

void VirtioConsole::end_turn(unsigned index) {
  host_->used(index);
  const std::string& why = host_->queue(index)->broken();
  if (why.empty()) return;
  broken_ = true;
  host_->needs_reset(fmt::format("queue {}: {}", index, why));
}

// --- a port's bytes --------------------------------------------------------------------------

void VirtioConsole::connected_changed(unsigned number) {
  tell_driver();
  transmit(number);
  update(number);
}

void VirtioConsole::stream_ready(unsigned number) {
  // It would be ready for ever.
  if (broken_) return ports_[number].stream->want(false, false);
  receive(number);
  transmit(number);
}

// Waits for what the port can go on with.
void VirtioConsole::update(unsigned number) {
  Port& port = ports_[number];
  port.reading = false;
  port.stream->want(false, port.unsent && !broken_);
  receive(number);
}

void VirtioConsole::receive(unsigned number) {
  const unsigned index = receive_queue(number);
  Virtqueue* const queue = usable(index);
  Port& port = ports_[number];
  if (!queue || !port.open || !port.stream->connected()) return;
  Chain chain;
  bool more = true;
  size_t bytes = kTurnBytes;
  port.reading = true;
  queue->hold_notifications();
  for (unsigned turn = kTurn; more; --turn) {
    if (turn == 0 || bytes == 0) {
      turns_.later(index);
      break;
    }
    if (!queue->take(chain)) {
      // Without buffers nothing is read: who writes to the port waits.
      port.reading = false;
      if (!queue->notify_again()) break;
      port.reading = true;
      continue;
    }
    if (chain.writable.size() == 0) {
      // Nothing can be read into it, which is not the end of what there is.
      queue->give_back(chain.head, 0);
      continue;
    }
    const size_t n = port.stream->read(chain.writable.part(0, bytes).vectors());
    bytes -= n;
    if (n == 0) {
      queue->put_back(1);
      more = false;
    } else {
      queue->give_back(chain.head, static_cast<uint32_t>(n));
    }
  }
  // That it has gone may have been noticed right now.
  if (!port.stream->connected()) turns_.later(kToDriver);
  port.stream->want(port.reading, port.unsent);
  end_turn(index);
}

void VirtioConsole::transmit(unsigned number) {
  const unsigned index = send_queue(number);
  Virtqueue* const queue = usable(index);
  Port& port = ports_[number];
  if (!queue) return;
  size_t bytes = kTurnBytes;
  for (unsigned turn = kTurn;; --turn) {
    if (turn == 0 || bytes == 0) {
      turns_.later(index);
      break;
    }
    if (!port.unsent && !queue->take(port.sending)) {
      if (!queue->notify_again()) break;
      continue;
    }
    port.unsent = true;
    const uint32_t size = port.sending.readable.size();
    while (port.sent < size && bytes > 0 && port.stream->connected()) {
      const size_t n = port.stream->write(port.sending.readable.part(port.sent, bytes).vectors());
      if (n == 0) break;
      port.sent += static_cast<uint32_t>(n);
      bytes -= n;
    }
    if (port.sent < size && port.stream->connected()) {
      if (bytes == 0) continue;
      break;
    }
    // What is left of it, nobody is there to take: it is lost.
    queue->give_back(port.sending.head, 0);
    port.unsent = false;
    port.sent = 0;
  }
  if (port.told && !port.stream->connected()) turns_.later(kToDriver);
  port.stream->want(port.reading, port.unsent);
  end_turn(index);
}

// --- control ---------------------------------------------------------------------------------

void VirtioConsole::control() {
  Virtqueue* const queue = usable(kFromDriver);
  if (!queue) return;
  Chain chain;
  for (unsigned turn = kTurn;; --turn) {
    if (turn == 0) {
      turns_.later(kFromDriver);
      break;
    }
    if (!queue->take(chain)) {
      if (!queue->notify_again()) break;
      continue;
    }
    obey(chain.readable);
    queue->give_back(chain.head, 0);
  }
  end_turn(kFromDriver);
  tell_driver();
}

void VirtioConsole::obey(const Buffers& message) {
  Control control = {};
  if (message.read(0, std::as_writable_bytes(std::span(&control, 1))) < sizeof(control)) return;
  if (control.event == kDeviceReady) {
    for (unsigned i = 1; control.value && i < ports_.size(); ++i) ports_[i].add = true;
    return;
  }
  if (control.port == 0 || control.port >= ports_.size()) return;
  Port& port = ports_[control.port];
  if (control.event == kPortReady) {
    port.ready = control.value;
    port.naming = port.ready;
    port.told = false;
  } else if (control.event == kPortOpen) {
    port.open = control.value;
    update(control.port);
  }
}

// Tells the driver what it does not know yet, as far as it has buffers for it.
void VirtioConsole::tell_driver() {
  if (!usable(kToDriver)) return;
  for (unsigned i = 1; i < ports_.size(); ++i) {
    Port& port = ports_[i];
    if (port.add && !tell_driver(i, kPortAdd, 0)) break;
    port.add = false;
    if (port.naming && !tell_driver(i, kPortName, 1, port.stream->name())) break;
    port.naming = false;
    const bool connected = port.stream->connected();
    if (!port.ready || port.told == connected) continue;
    if (!tell_driver(i, kPortOpen, connected)) break;
    port.told = connected;
  }
  end_turn(kToDriver);
}

bool VirtioConsole::tell_driver(unsigned number, uint16_t event, uint16_t value,
                                std::string_view text) {
  Virtqueue* const queue = usable(kToDriver);
  Chain chain;
  while (!queue->take(chain)) {
    if (!queue->notify_again()) return false;
  }
  const Control control = {number, event, value};
  size_t n = chain.writable.write(0, std::as_bytes(std::span(&control, 1)));
  n += chain.writable.write(n, std::as_bytes(std::span(text)));
  queue->give_back(chain.head, static_cast<uint32_t>(n));
  return true;
}

// --- save and restore ------------------------------------------------------------------------

nlohmann::json VirtioConsole::save() const {
  nlohmann::json ports = nlohmann::json::array();
  for (unsigned i = 1; i < ports_.size(); ++i) {
    const Port& port = ports_[i];
    ports.push_back({{"name", port.stream->name()},
                     {"ready", port.ready},
                     {"open", port.open},
                     {"told", port.told},
                     {"add", port.add},
                     {"naming", port.naming}});
  }
  return ports;
}

void VirtioConsole::restore(const nlohmann::json& state) {
  try {
    std::vector<Port> ports;
    ports.emplace_back(nullptr);
    for (const auto& saved : state) {
      if (ports.size() == ports_.size() ||
          saved.at("name").get<std::string>() != ports_[ports.size()].stream->name()) {
        throw SetupError("state of virtio-console", "it is of other ports",
                         "give the guest the same ones, in their order");
      }
      Port port(ports_[ports.size()].stream);
      port.ready = saved.at("ready");
      port.open = saved.at("open");
      port.told = saved.at("told");
      port.add = saved.at("add");
      port.naming = saved.at("naming");
      ports.push_back(std::move(port));
    }
    if (ports.size() != ports_.size()) {
      throw SetupError("state of virtio-console", "it is of fewer ports");
    }
    ports_ = std::move(ports);
  } catch (const nlohmann::json::exception& error) {
    throw SetupError("state of virtio-console", error.what());
  }
}

}  // namespace hvk
