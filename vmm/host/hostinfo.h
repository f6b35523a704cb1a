// SPDX-License-Identifier: GPL-2.0-or-later
// What a loaded hvk.ko reports about its host (HVK_HOST_INFO).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hvk {

struct HostInfo {
  std::string el2_owner;  // in words
  uint32_t list_registers;
  uint32_t vmid_bits;
  uint32_t ipa_bits;
  std::vector<std::string> mitigations;  // in words, one element each
  std::string refusal;                   // why EL2 could last not be taken; empty if it could
};

// Asks the module by its `device` file. Returns nothing if that cannot be opened or is not hvk's.
std::optional<HostInfo> read_host_info(const char* device);

}  // namespace hvk
