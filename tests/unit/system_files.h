// SPDX-License-Identifier: GPL-2.0-only
// System files for tests, and a host for them.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sysfile/system_file.h"

namespace hvk::test {

// A host with four CPUs, of which one is offline, and the kernel's own
// throttling.
inline HostFacts host() {
  return {.online = {{0, 1, 3}}, .rt = RtLimits::throttling(950000, 1000000)};
}

// All files but one are there.
inline FoundFile images(const std::string& name) {
  return {"/parts/" + name, name == "nowhere" ? "no such file" : ""};
}

inline SystemConfig parse(std::string_view text, const HostFacts& facts = host()) {
  return parse_system(text, "demo.toml", images, facts);
}

inline std::vector<std::string> mistakes(std::string_view text, const HostFacts& facts = host()) {
  try {
    parse(text, facts);
  } catch (const SystemFileError& error) {
    return error.mistakes();
  }
  return {};
}

// Seven lines on which a mistake about windows, channels or regions stands.
inline const std::string kTwo = R"([[partition]]
name = "a"
kernel = "a.elf"
host-cpus = [1]
[[partition]]
name = "b"
kernel = "Image"
)";
// Three more, up to a window.
inline const std::string kFrame = kTwo + R"([schedule]
frame = "10ms"
window = [
)";

inline std::string window(int cpu, const char* guest, const char* offset, const char* length) {
  std::ostringstream line;
  line << "{ cpu = " << cpu << ", partition = \"" << guest << "\", offset = \"" << offset
       << "\", length = \"" << length << "\" },\n";
  return line.str();
}

// One guest, whose keys are to follow from line 4 on.
inline std::string guest(const std::string& keys) {
  return "[[partition]]\nname = \"a\"\nkernel = \"a.elf\"\n" + keys;
}

}  // namespace hvk::test
