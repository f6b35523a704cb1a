// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/para.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "config/grants.h"
#include "uapi/hvk_para.h"

namespace hvk {
namespace {

// The least buffer size that hvk_para.h allows: no version of its structures is smaller.
constexpr uint64_t kLeastStruct = 16;

void copy_name(char (&to)[HVK_PARA_NAME_MAX], const std::string& name) {
  std::memset(to, 0, sizeof(to));
  std::memcpy(to, name.data(), std::min(name.size(), sizeof(to) - 1));
}

// Makes a guest's text safe for the user's terminal: all but printable ASCII becomes a dot.
std::string printable(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    const char c = static_cast<char>(byte);
    text += c >= 0x20 && c < 0x7f ? c : '.';
  }
  return text;
}

}  // namespace

Para::Para(const Place& place, GuestMemory& ram, ByteSink& console)
    : place_(place), ram_(ram), console_(console) {}

ParaAnswer Para::call(uint64_t function, const ParaArgs& args) {
  ParaAnswer answer;
  answer.values = args;
  switch (function) {
    case HVK_PARA_CONSOLE_PUTC:
      console_.put(static_cast<uint8_t>(args[0]));
      break;
    case HVK_PARA_CONSOLE_WRITE:
      answer.result = write_console(args[0], args[1]);
      break;
    case HVK_PARA_INFO:
      answer.result = info(args[0], args[1]);
      break;
    case HVK_PARA_CHANNEL_INFO:
      answer.result = channel_info(args[0], args[1], args[2]);
      break;
    case HVK_PARA_SHARED_INFO:
      answer.result = shared_info(args[0], args[1], args[2]);
      break;
    case HVK_PARA_HEALTH:
      answer.result = report_health(args[0], args[1], args[2]);
      break;
    case HVK_PARA_HALT:
      halt_code_ = args[0];
      answer.end = args[0] == 0 ? GuestEnd::kPowerOff : GuestEnd::kCrash;
      break;
    case HVK_PARA_REBOOT:
      answer.end = GuestEnd::kReset;
      break;
    default:
      answer.result = HVK_PARA_ENOSUP;
      break;
  }
  return answer;
}

int64_t Para::write_console(uint64_t ipa, uint64_t size) {
  if (size > HVK_PARA_WRITE_MAX) return HVK_PARA_EINVAL;
  const auto text = ram_.at(ipa, size);
  if (!text) return HVK_PARA_EFAULT;
  for (const std::byte byte : *text) console_.put(static_cast<uint8_t>(byte));
  return static_cast<int64_t>(size);
}

int64_t Para::report_health(uint64_t code, uint64_t ipa, uint64_t size) {
  if (size > HVK_PARA_HEALTH_MAX) return HVK_PARA_EINVAL;
  std::string text;
  if (size > 0) {
    const auto bytes = ram_.at(ipa, size);
    if (!bytes) return HVK_PARA_EFAULT;
    text = printable(*bytes);
  }
  if (place_.health) place_.health(code, text);
  uint64_t suppressed = 0;
  if (health_.allow(suppressed)) {
    const std::string& name = place_.system.guests[place_.guest].name;
    log(fmt::format("{}{}health {}{}{}{}", name, name.empty() ? "" : ": ", code,
                    text.empty() ? "" : ": ", text,
                    suppressed ? fmt::format(" ({} more not shown)", suppressed) : ""));
  }
  return HVK_PARA_OK;
}

int64_t Para::fill(uint64_t ipa, uint64_t size, const void* from, size_t length) {
  if (size < kLeastStruct) return HVK_PARA_EINVAL;
  const size_t bytes = std::min<uint64_t>(size, length);
  const auto to = ram_.at(ipa, bytes);
  if (!to) return HVK_PARA_EFAULT;
  std::memcpy(to->data(), from, bytes);
  return static_cast<int64_t>(bytes);
}

int64_t Para::info(uint64_t ipa, uint64_t size) {
  const SystemConfig& system = place_.system;
  const GuestConfig& guest = system.guests[place_.guest];
  hvk_para_info info = {};
  info.size = sizeof(info);
  info.id = static_cast<uint32_t>(place_.guest);
  info.nr_partitions = static_cast<uint32_t>(system.guests.size());
  info.nr_vcpus = guest.config.cpus;
  info.ram_ipa = ram_.base();
  info.ram_size = ram_.size();
  info.frame_ns = system.frame_ns.value_or(0);
  info.nr_windows = static_cast<uint32_t>(window_count(system, place_.guest));
  info.nr_channels = static_cast<uint32_t>(channel_ends(system, place_.guest).size());
  info.nr_shared = static_cast<uint32_t>(shared_views(system, place_.guest).size());
  info.boots = place_.boots;
  copy_name(info.name, guest.name);
  return fill(ipa, size, &info, sizeof(info));
}

int64_t Para::channel_info(uint64_t index, uint64_t ipa, uint64_t size) {
  const auto ends = channel_ends(place_.system, place_.guest);
  if (index >= ends.size()) return HVK_PARA_ENOENT;
  const ChannelEnd& end = ends[index];
  hvk_para_channel info = {};
  info.number = static_cast<uint32_t>(end.channel);
  info.role = end.sends ? HVK_PARA_SEND : HVK_PARA_RECEIVE;
  info.intid = end.sends ? 0 : HVK_PARA_EVENT_INTID + info.number;
  info.peer = static_cast<uint32_t>(end.peer);
  copy_name(info.name, place_.system.channels[end.channel].name);
  return fill(ipa, size, &info, sizeof(info));
}

int64_t Para::shared_info(uint64_t index, uint64_t ipa, uint64_t size) {
  const auto views = shared_views(place_.system, place_.guest);
  if (index >= views.size()) return HVK_PARA_ENOENT;
  const SharedConfig& region = place_.system.shared[views[index].region];
  hvk_para_shared info = {};
  info.ipa = region.ipa;
  info.size = region.size;
  if (views[index].write) info.flags |= HVK_PARA_SHARED_WRITE;
  if (region.cached) info.flags |= HVK_PARA_SHARED_CACHED;
  copy_name(info.name, region.name);
  return fill(ipa, size, &info, sizeof(info));
}

}  // namespace hvk
