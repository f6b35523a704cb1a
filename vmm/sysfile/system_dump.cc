// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a system as TOML.
#include <fmt/format.h>

#include "base/units.h"
#include "config/console_spec.h"
#include "config/device_options.h"
#include "sysfile/system_file.h"

namespace hvk {
namespace {

// Returns `text` as a basic string of TOML, with its quotes.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string key_line(std::string_view key, std::string_view text) {
  return text.empty() ? std::string() : fmt::format("{} = {}\n", key, toml_string(text));
}

const char* restart_word(RestartConfig::When when) {
  switch (when) {
    case RestartConfig::When::kOnCrash:
      return "on-crash";
    case RestartConfig::When::kAlways:
      return "always";
    default:
      return "never";
  }
}

std::string dump_guest(const GuestConfig& guest) {
  const Config& c = guest.config;
  std::string out = "\n[[partition]]\n" + key_line("name", guest.name);
  out += key_line("kernel", c.kernel) + key_line("initrd", c.initrd) +
         key_line("append", c.append) + key_line("dtb", c.dtb) + key_line("firmware", c.firmware);
  if (c.load.raw) out += key_line("format", kRawFormat);
  if (c.load.address) out += fmt::format("load = {:#x}\n", *c.load.address);
  out += key_line("memory", write_size(c.memory));
  out += fmt::format("cpus = {}\n", c.cpus);
  for (const DeviceOption& option : device_options()) {
    std::string list;
    for (const std::string& text : option.write(c)) {
      list += (list.empty() ? "" : ", ") + toml_string(text);
    }
    if (!list.empty()) out += fmt::format("{} = [{}]\n", option.name, list);
  }
  out += fmt::format("balloon = {}\n", c.balloon);
  out += fmt::format("rng = {}\n", c.rng);
  if (!guest.host_cpus.empty()) {
    out += fmt::format("host-cpus = [{}]\n", fmt::join(guest.host_cpus, ", "));
  }
  out += key_line("restart", restart_word(guest.restart.when));
  if (guest.restart.when == RestartConfig::When::kOnCrash) {
    out += fmt::format("restart-limit = {}\n", guest.restart.limit);
  }
  out += key_line("console", write_console(guest.console));
  return out + fmt::format("start = {}\n", guest.start);
}

std::string dump_schedule(const SystemConfig& system) {
  std::string out =
      fmt::format("\n[schedule]\nframe = \"{}\"\nwindow = [\n", write_time(*system.frame_ns));
  for (const WindowConfig& window : system.windows) {
    out += fmt::format("  {{ cpu = {}, partition = \"{}\", offset = \"{}\", length = \"{}\" }},\n",
                       window.cpu, system.guests[window.guest].name, write_time(window.offset_ns),
                       write_time(window.length_ns));
  }
  return out + "]\n";
}

std::string dump_shared(const SystemConfig& system, const SharedConfig& region) {
  std::string access;
  for (const SharedConfig::Access& one : region.access) {
    access += fmt::format("{} {} = \"{}\"", access.empty() ? "" : ",",
                          system.guests[one.guest].name, one.write ? "rw" : "r");
  }
  return fmt::format(
      "\n[[shared]]\nname = \"{}\"\nsize = \"{}\"\naddress = {:#x}\ncached = {}\n"
      "access = {{{} }}\n",
      region.name, write_size(region.size), region.ipa, region.cached, access);
}

}  // namespace

std::string dump_system(const SystemConfig& system) {
  std::string out = key_line("name", system.name);
  out += key_line("grace", write_time(system.grace_ns));
  for (const GuestConfig& guest : system.guests) out += dump_guest(guest);
  if (system.frame_ns) out += dump_schedule(system);
  for (const ChannelConfig& channel : system.channels) {
    out += fmt::format("\n[[channel]]\nname = \"{}\"\nfrom = \"{}\"\nto = \"{}\"\n", channel.name,
                       system.guests[channel.from].name, system.guests[channel.to].name);
  }
  for (const SharedConfig& region : system.shared) out += dump_shared(system, region);
  return out;
}

}  // namespace hvk
