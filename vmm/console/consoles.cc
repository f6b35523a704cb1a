// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/consoles.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "config/grants.h"

namespace hvk {
namespace {

std::vector<std::string> names_of(const SystemConfig& system) {
  std::vector<std::string> names;
  for (const GuestConfig& guest : system.guests) names.push_back(guest.name);
  return names;
}

}  // namespace

Consoles::Consoles(const SystemConfig& system, StdoutSink& out, ConsoleMux::Clock clock)
    : terminal_(out, names_of(system), std::move(clock)) {
  using Kind = ConsoleConfig::Kind;
  for (size_t guest = 0; guest < system.guests.size(); ++guest) {
    const GuestConfig& config = system.guests[guest];
    const bool lossy = has_windows(system, guest);
    std::unique_ptr<ConsolePort> port;
    ConsoleRing* ring = nullptr;
    if (config.console.kind == Kind::kTerminal) {
      ring = &terminal_.add(guest, lossy ? ConsoleRing::Full::kLose : ConsoleRing::Full::kWait);
    } else if (config.console.kind != Kind::kNone) {
      port = std::make_unique<ConsolePort>(config.name, config.console, lossy);
      ring = &port->ring();
      if (!port->place().empty()) {
        log(fmt::format("console of {}: {}", config.name, port->place()));
      }
    }
    ports_.push_back(std::move(port));
    rings_.push_back(ring);
  }
  terminal_.start();
}

}  // namespace hvk
