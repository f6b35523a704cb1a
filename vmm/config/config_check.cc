// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/config_check.h"

#include <fmt/format.h>

#include "base/units.h"
#include "board/layout.h"

namespace hvk {
namespace {

// The smallest useful guest is a bare-metal program with its device tree.
constexpr uint64_t kMinMemory = 64 << 10;
// The IPA space of a 40-bit stage-2 above the base of RAM.
constexpr uint64_t kMaxMemory = (uint64_t{1} << 40) - layout::kRamBase;
constexpr uint64_t kMemoryUnit = 4096;
constexpr uint64_t kInstruction = 4;  // size of an A64 instruction, bytes

// The number of virtio devices.
size_t devices(const Config& c) {
  return c.disks.size() + c.nets.size() + c.vhost_users.size() + c.shares.size() +
         !c.ports.empty() + c.vsock.has_value() + c.balloon + c.rng;
}

// Says what is wrong with the load address of a raw binary, or returns an empty string.
std::string load_mistake(const Config& c) {
  if (!c.load.address) return {};
  const uint64_t address = *c.load.address;
  if (c.kernel.empty()) return "load is of a kernel: firmware goes to address 0";
  if (address % kInstruction != 0) {
    return fmt::format("load is {:#x}, expected a multiple of {}: instructions are that long",
                       address, kInstruction);
  }
  if (address < layout::kRamBase || address - layout::kRamBase >= c.memory) {
    return fmt::format("load is {:#x}, expected an address in the RAM, {:#x} to {:#x}", address,
                       layout::kRamBase, layout::kRamBase + c.memory - 1);
  }
  return {};
}

}  // namespace

std::vector<ConfigMistake> check_config(const Config& c, const std::string& dashes) {
  struct Rule {
    bool broken;
    const char* key;
    const char* text;  // format: {0} dashes, {1} most CPUs, {2} most memory in GiB, {3} a note,
                       // {4} devices, {5} most of them
  };
  const Rule kRules[] = {
      {c.kernel.empty() && c.firmware.empty(), "",
       "nothing to run: give {0}kernel FILE or {0}firmware FILE"},
      {!c.kernel.empty() && !c.firmware.empty(), "firmware",
       "{0}kernel and {0}firmware exclude each other: firmware loads its own kernel"},
      {!c.initrd.empty() && c.kernel.empty(), "initrd", "{0}initrd needs {0}kernel"},
      {!c.dtb.empty() && !c.dump_dtb.empty(), "dump-dtb",
       "{0}dtb and {0}dump-dtb exclude each other: only a generated tree is dumped"},
      {c.cpus < 1 || c.cpus > kMaxCpus, "cpus", "{0}cpus must be 1 to {1}"},
      {c.memory < kMinMemory || c.memory > kMaxMemory || c.memory % kMemoryUnit != 0, "memory",
       "{0}memory must be 64K to {2}G, in multiples of 4K{3}"},
      {devices(c) > layout::kVirtioSlots, "disk",
       "{4} virtio devices, expected at most {5}: the board has as many places"},
  };
  std::vector<ConfigMistake> mistakes;
  for (const Rule& rule : kRules) {
    if (!rule.broken) continue;
    mistakes.push_back(
        {rule.key, fmt::format(fmt::runtime(rule.text), dashes, kMaxCpus, kMaxMemory >> 30,
                               bare_size_note(c.memory_text), devices(c), layout::kVirtioSlots)});
  }
  if (std::string text = load_mistake(c); !text.empty()) mistakes.push_back({"load", text});
  return mistakes;
}

}  // namespace hvk
