// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace hvk {
namespace {

using Row = std::vector<std::string>;

const Row kHeader = {"partition", "end",  "boots", "CPU time", "windows",     "start-up",
                     "overruns",  "late", "lost",  "health",   "console lost"};

std::string or_dash(const std::optional<WindowUse>& windows, uint64_t WindowUse::*field) {
  return windows ? fmt::format("{}", (*windows).*field) : "-";
}

Row row_of(const GuestReport& guest) {
  return {guest.name,
          guest.end.empty() ? guest.state : guest.end,
          fmt::format("{}", guest.boots),
          fmt::format("{:.6f} s", static_cast<double>(guest.usage.cpu_ns) / 1e9),
          or_dash(guest.windows, &WindowUse::runs),
          or_dash(guest.windows, &WindowUse::startup),
          or_dash(guest.windows, &WindowUse::overruns),
          or_dash(guest.windows, &WindowUse::late),
          or_dash(guest.windows, &WindowUse::lost),
          fmt::format("{}", guest.health),
          fmt::format("{}", guest.console_lost)};
}

// Returns a line feed and the line "  exits of linux: 12 irq, 4 wfi"; nothing if there were none.
std::string exits_of(const GuestReport& guest) {
  std::string line;
  for (size_t kind = 0; kind < kExitKinds.size(); ++kind) {
    if (const uint64_t count = guest.usage.exits[kind]) {
      line += fmt::format("{}{} {}", line.empty() ? "" : ", ", count, kExitKinds[kind]);
    }
  }
  return line.empty() ? line : fmt::format("\n  exits of {}: {}", guest.name, line);
}

}  // namespace

std::string report_table(std::span<const GuestReport> guests) {
  std::vector<Row> rows = {kHeader};
  for (const GuestReport& guest : guests) rows.push_back(row_of(guest));
  std::vector<size_t> widths(kHeader.size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string table;
  for (const Row& row : rows) {
    // Columns of words are aligned to the left, columns of numbers to the right.
    std::string line = fmt::format("{}  {:<{}}  {:<{}}", table.empty() ? "" : "\n", row[0],
                                   widths[0], row[1], widths[1]);
    for (size_t i = 2; i < row.size(); ++i) line += fmt::format("  {:>{}}", row[i], widths[i]);
    table += line;
  }
  for (const GuestReport& guest : guests) table += exits_of(guest);
  return table;
}

std::string report_json(const std::string& system, std::span<const GuestReport> guests) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const GuestReport& guest : guests) {
    nlohmann::ordered_json one = {
        {"name", guest.name}, {"state", guest.state}, {"end", guest.end}, {"boots", guest.boots}};
    one["cpu_ns"] = guest.usage.cpu_ns;
    one["guest_ns"] = guest.usage.guest_ns;
    one["aborts"] = guest.usage.aborts;
    for (size_t kind = 0; kind < kExitKinds.size(); ++kind) {
      one["exits"][kExitKinds[kind]] = guest.usage.exits[kind];
    }
    if (guest.windows) {
      one["windows"] = guest.windows->runs;
      one["startup_overruns"] = guest.windows->startup;
      one["overruns"] = guest.windows->overruns;
      one["late"] = guest.windows->late;
      one["lost"] = guest.windows->lost;
      one["start_max_ns"] = guest.windows->start_max_ns;
      one["end_max_ns"] = guest.windows->end_max_ns;
    }
    if (guest.memory) one["memory"] = *guest.memory;
    one["resident"] = guest.resident;
    one["disk_read"] = guest.disk_read;
    one["disk_written"] = guest.disk_written;
    one["net_received"] = guest.net_received;
    one["net_sent"] = guest.net_sent;
    one["health"] = guest.health;
    one["console_lost"] = guest.console_lost;
    list.push_back(std::move(one));
  }
  return nlohmann::ordered_json{{"system", system}, {"partitions", std::move(list)}}.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace hvk
