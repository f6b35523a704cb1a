// SPDX-License-Identifier: GPL-2.0-only
// Any text at all, given as a system file: it is refused with mistakes that can
// be printed, or understood as a system that is true, whose dump is the same
// system.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sysfile/system_file.h"
#include "uapi/hvk.h"

namespace {

using namespace hvk;

constexpr const char* kName = "f.toml";

void check(bool good) {
  if (!good) abort();
}

SystemConfig parse(std::string_view text) {
  return parse_system(text, kName,
                      [](const std::string& name) {
                        return FoundFile{name, {}};
                      },
                      {.online = {{0, 1, 2, 3}}, .rt = RtLimits::throttling(950000, 1000000)});
}

// "f.toml:LINE: TEXT"
void check_mistake(const std::string& mistake, size_t lines) {
  const std::string begin = std::string(kName) + ":";
  check(mistake.starts_with(begin));
  const unsigned long line = std::strtoul(mistake.c_str() + begin.size(), nullptr, 10);
  check(line >= 1 && line <= lines);
  check(std::none_of(mistake.begin(), mistake.end(),
                     [](unsigned char c) { return c < ' ' || c == 0x7f; }));
}

void check_system(const SystemConfig& system) {
  check(!system.guests.empty() && system.guests.size() <= 64);
  check(system.windows.size() <= HVK_FRAME_WINDOWS && system.channels.size() <= 64);
  check(system.windows.empty() == !system.frame_ns);
  const WindowConfig* before = nullptr;
  for (const WindowConfig& window : system.windows) {
    check(window.guest < system.guests.size() && window.length_ns >= HVK_WINDOW_MIN_NS);
    check(window.offset_ns + window.length_ns <= *system.frame_ns);
    check(!before || before->cpu < window.cpu ||
          (before->cpu == window.cpu && before->offset_ns + before->length_ns <= window.offset_ns));
    before = &window;
  }
  for (const ChannelConfig& channel : system.channels) {
    check(channel.from < system.guests.size() && channel.to < system.guests.size());
    check(channel.from != channel.to);
  }
  for (const SharedConfig& region : system.shared) {
    check(region.ipa >= 0x30000000 && region.size > 0 && region.size % 4096 == 0);
    check(region.ipa % 4096 == 0 && region.ipa + region.size <= 0x3f000000);
    check(!region.access.empty());
    for (const SharedConfig& other : system.shared) {
      check(&other == &region || other.ipa >= region.ipa + region.size ||
            region.ipa >= other.ipa + other.size);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string dump;
  try {
    const SystemConfig system = parse(text);
    check_system(system);
    dump = dump_system(system);
  } catch (const SystemFileError& error) {
    const size_t lines = 1 + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    check(!error.mistakes().empty());
    for (const std::string& mistake : error.mistakes()) check_mistake(mistake, lines);
    return 0;
  }
  check(dump_system(parse(dump)) == dump);
  return 0;
}
