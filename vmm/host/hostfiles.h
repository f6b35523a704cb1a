// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the host's small files in /proc and /sys, and picks values out of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hvk {

// Returns the content of a file, at most its first 1 MiB, or nothing if it cannot be read. Throws
// nothing but std::bad_alloc.
std::optional<std::string> slurp(const std::filesystem::path& path);

// Split a text into its lines, without line feeds, and a line into its words, between spaces and
// tabs. The results point into the argument.
std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> words_of(std::string_view line);

// Returns, in bytes, the size that the line of `key` has in a text like /proc/meminfo's: `key` is
// "MemTotal:" for the line "MemTotal:  2028544 kB". Nothing if no such line has a size in kB.
std::optional<uint64_t> bytes_of(std::string_view text, std::string_view key);

// Returns the INTIDs of those lines of `interrupts`, the text of /proc/interrupts, that belong to
// the GIC and end in `action`: "arch_timer", "kvm guest vtimer".
std::vector<uint32_t> gic_intids(std::string_view interrupts, std::string_view action);

// The host's interrupt controller and timer, as its device tree describes them.
struct HostTree {
  int gic_version = 0;       // 2, 3, or 0 if none was found
  unsigned gic_regions = 0;  // in `reg`; a GICv2 has 4: GICD, GICC, GICH, GICV
  std::optional<uint32_t> maintenance_intid;
  std::optional<uint32_t> vtimer_intid;
};

// Walks the device tree in folder `tree`, /proc/device-tree. Nothing if there is none (ACPI).
std::optional<HostTree> read_host_tree(const std::filesystem::path& tree);

}  // namespace hvk
