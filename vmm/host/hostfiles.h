// SPDX-License-Identifier: GPL-2.0-or-later
// Facts in the host's /proc and /sys, read for the doctor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hvk {

// The content of a small file, at most 1 MiB of it, or nothing if it cannot be
// read. Never throws but for lack of memory.
std::optional<std::string> slurp(const std::filesystem::path& path);

// The lines of a text, without line feeds; and its words.
std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> words_of(std::string_view line);

// What the line of `key` says in a text like /proc/meminfo's, in bytes: of "MemTotal:", where
// there is "MemTotal:  2028544 kB". Nothing if there is no such line, or it says no size.
std::optional<uint64_t> bytes_of(std::string_view text, std::string_view key);

// The INTIDs of the lines of /proc/interrupts that belong to the GIC and whose
// last words are `action`: "arch_timer", "kvm guest vtimer".
std::vector<uint32_t> gic_intids(std::string_view interrupts, std::string_view action);

// The host's interrupt controller and timer, as its device tree has them.
struct HostTree {
  int gic_version = 0;       // 2, 3, or 0 if none was found
  unsigned gic_regions = 0;  // GICv2: GICD, GICC, GICH, GICV make 4
  std::optional<uint32_t> maintenance_intid;
  std::optional<uint32_t> vtimer_intid;
};

// Walks /proc/device-tree; nothing if there is none (ACPI).
std::optional<HostTree> read_host_tree(const std::filesystem::path& tree);

}  // namespace hvk
