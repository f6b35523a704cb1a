// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/port_option.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mistakes.h"
#include "config/console_spec.h"
#include "config/on_off.h"

namespace hvk {
namespace {

using Kind = PortConfig::Kind;

constexpr size_t kMostName = 64;
// What the device has queues for.
constexpr size_t kMostPorts = 15;

std::string read_port(const KeyedValue& parsed, Config& config) {
  PortConfig port;
  port.name = parsed.value;
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  if (port.name.empty() || port.name.size() > kMostName || port.name[0] == '.' ||
      !std::all_of(port.name.begin(), port.name.end(), in_name)) {
    return fmt::format(
        "{} is no name of a port, expected letters, digits, '.', '-' and '_', at most {}",
        in_quotes(port.name), kMostName);
  }
  const auto& ports = config.ports;
  if (std::any_of(ports.begin(), ports.end(),
                  [&](const PortConfig& one) { return one.name == port.name; })) {
    return fmt::format("two ports have the name {}", port.name);
  }
  if (ports.size() == kMostPorts) {
    return fmt::format("a guest has at most {} ports", kMostPorts);
  }
  bool pty = false;
  if (std::string why = read_on_off(parsed, "pty", pty); !why.empty()) return why;
  const std::string* socket = parsed.find("unix");
  const std::string* file = parsed.find("file");
  if ((socket != nullptr) + (file != nullptr) + pty != 1) {
    return "expected one of unix=PATH, file=PATH and pty";
  }
  if (socket && !is_socket_path(*socket)) {
    return fmt::format("unix={}: expected a path of at most 107 characters", in_quotes(*socket));
  }
  if (file && file->empty()) return "the file name is empty";
  port.kind = socket ? Kind::kUnix : file ? Kind::kFile : Kind::kPty;
  if (!pty) port.path = socket ? *socket : *file;
  config.ports.push_back(std::move(port));
  return {};
}

std::vector<std::string> write_ports(const Config& config) {
  std::vector<std::string> texts;
  for (const PortConfig& port : config.ports) {
    const char* key = port.kind == Kind::kUnix   ? ",unix="
                      : port.kind == Kind::kFile ? ",file="
                                                 : ",pty";
    texts.push_back(port.name + key + keyed_text(port.path));
  }
  return texts;
}

}  // namespace

DeviceOption port_option() {
  return {.name = "port",
          .form = "NAME,unix=PATH|file=PATH|pty",
          .help =
              "a stream of bytes between programs of guest and host, in the guest\n"
              "/dev/virtio-ports/NAME: a socket with one client at a time, a file that is\n"
              "appended to, or a pseudo-terminal",
          .value = "name",
          .keys = {"unix", "file", "pty"},
          .repeatable = {},
          .flags = {"pty"},
          .paths = {"unix", "file"},
          .read = read_port,
          .write = write_ports};
}

}  // namespace hvk
