// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/net_option.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>

#include "base/mistakes.h"
#include "config/console_spec.h"
#include "config/mac.h"
#include "config/number.h"
#include "config/on_off.h"

namespace hvk {
namespace {

using Kind = NetConfig::Kind;

constexpr const char* kForwardForm = "tcp:[ADDRESS]:PORT-[ADDRESS]:PORT, or udp";
constexpr unsigned kMostQueues = 8;

struct Word {
  Kind kind;
  std::string_view word;
  std::vector<std::string_view> keys;  // besides `mac`
};
const std::vector<Word>& words() {
  static const std::vector<Word> kWords = {
      {Kind::kUser, "user", {"hostfwd", "restrict"}},
      {Kind::kTap, "tap", {"ifname", "vhost", "queues"}},
      {Kind::kSocket, "socket", {"path"}},
  };
  return kWords;
}

// Splits "ADDRESS:PORT". The address may be empty.
bool parse_end(std::string_view text, std::string& address, uint16_t& port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  address = text.substr(0, colon);
  in_addr parsed;
  if (!address.empty() && ::inet_pton(AF_INET, address.c_str(), &parsed) != 1) return false;
  const auto value = parse_number<uint16_t>(text.substr(colon + 1));
  port = value.value_or(0);
  return port != 0;
}

// Reads what only one kind of network has.
std::string read_kind(const KeyedValue& parsed, NetConfig& net) {
  for (const std::string* text : parsed.all("hostfwd")) {
    const auto forward = parse_forward(*text);
    if (!forward) return fmt::format("hostfwd={}: expected {}", in_quotes(*text), kForwardForm);
    net.forwards.push_back(*forward);
  }
  for (const auto& [key, set] : {std::pair{"restrict", &net.restricted}, {"vhost", &net.vhost}}) {
    if (std::string why = read_on_off(parsed, key, *set); !why.empty()) return why;
  }
  if (net.kind == Kind::kTap) {
    const std::string* name = parsed.find("ifname");
    if (!name || name->empty() || name->size() >= IFNAMSIZ) {
      return fmt::format("tap needs ifname=NAME, an interface of at most {} characters",
                         IFNAMSIZ - 1);
    }
    net.ifname = *name;
    if (const std::string* queues = parsed.find("queues")) {
      net.queues = parse_number<unsigned>(*queues).value_or(0);
      if (net.queues < 1 || net.queues > kMostQueues) {
        return fmt::format("queues={}: expected 1 to {}", *queues, kMostQueues);
      }
      if (net.queues > 1 && net.vhost) return "with vhost=on, a card has queues=1";
    }
  }
  if (net.kind == Kind::kSocket) {
    const std::string* path = parsed.find("path");
    if (!path || !is_socket_path(*path)) {
      return "socket needs path=PATH, a Unix socket of at most 107 characters";
    }
    net.path = *path;
  }
  return {};
}

std::string read_net(const KeyedValue& parsed, Config& config) {
  const auto& known = words();
  const auto word = std::find_if(known.begin(), known.end(),
                                 [&](const Word& one) { return one.word == parsed.value; });
  if (word == known.end()) {
    return fmt::format("{} is no kind of network, expected user, tap or socket{}",
                       in_quotes(parsed.value),
                       did_you_mean(parsed.value, {"user", "tap", "socket"}));
  }
  for (const KeyedValue::Key& key : parsed.keys) {
    const auto& keys = word->keys;
    if (key.name == "mac" || std::find(keys.begin(), keys.end(), key.name) != keys.end()) continue;
    return fmt::format("{} is not of {}, which has {} and mac", key.name, word->word,
                       fmt::join(keys, ", "));
  }
  NetConfig net;
  net.kind = word->kind;
  if (std::string why = read_mac(parsed, net.mac); !why.empty()) return why;
  if (std::string why = read_kind(parsed, net); !why.empty()) return why;
  config.nets.push_back(std::move(net));
  return {};
}

std::vector<std::string> write_nets(const Config& config) {
  std::vector<std::string> texts;
  for (const NetConfig& net : config.nets) {
    const auto word = std::find_if(words().begin(), words().end(),
                                   [&](const Word& one) { return one.kind == net.kind; });
    std::string text(word->word);
    for (const PortForward& forward : net.forwards) {
      text += fmt::format(",hostfwd={}:{}:{}-{}:{}", forward.udp ? "udp" : "tcp", forward.host,
                          forward.host_port, forward.guest, forward.guest_port);
    }
    if (net.restricted) text += ",restrict=on";
    if (!net.ifname.empty()) text += ",ifname=" + keyed_text(net.ifname);
    if (net.vhost) text += ",vhost=on";
    if (net.queues != 1) text += fmt::format(",queues={}", net.queues);
    if (!net.path.empty()) text += ",path=" + keyed_text(net.path);
    if (net.mac) text += ",mac=" + write_mac(*net.mac);
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace

std::optional<PortForward> parse_forward(std::string_view text) {
  PortForward forward;
  forward.udp = text.starts_with("udp:");
  if (!forward.udp && !text.starts_with("tcp:")) return std::nullopt;
  text.remove_prefix(4);
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos ||
      !parse_end(text.substr(0, dash), forward.host, forward.host_port) ||
      !parse_end(text.substr(dash + 1), forward.guest, forward.guest_port)) {
    return std::nullopt;
  }
  return forward;
}

DeviceOption net_option() {
  return {.name = "net",
          .form = "user|tap|socket[,key=value]...",
          .help =
              "a network card. user[,hostfwd=tcp:[ADDR]:PORT-[ADDR]:PORT][,restrict=on]: by NAT,\n"
              "needs no rights; tap,ifname=NAME[,vhost=on][,queues=N]: an interface of the\n"
              "host; socket,path=PATH: another guest, or passt. All take mac=",
          .value = "kind",
          .keys = {"hostfwd", "restrict", "ifname", "vhost", "queues", "path", "mac"},
          .repeatable = {"hostfwd"},
          .flags = {},
          .paths = {"path"},
          .read = read_net,
          .write = write_nets};
}

}  // namespace hvk
