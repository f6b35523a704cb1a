// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/linux_limits.h"

#include <fmt/format.h>
#include <libfdt.h>

#include <string_view>

#include "base/error.h"

namespace hvk {
namespace {

// COMMAND_LINE_SIZE (Linux, arch/arm64/include/uapi/asm/setup.h) without the terminating zero.
constexpr size_t kCommandLine = 2048 - 1;

// Whether the CPU supports pages of `page_size` bytes, by ID_AA64MMFR0_EL1 (DDI 0487 D19.2.64).
// The value for "not supported" is 0xf in TGran4 and TGran64, and 0 in TGran16.
bool has_granule(uint64_t page_size, uint64_t id_aa64mmfr0) {
  const auto field = [&](unsigned shift) { return id_aa64mmfr0 >> shift & 0xf; };
  switch (page_size) {
    case 4 << 10:
      return field(28) != 0xf;
    case 16 << 10:
      return field(20) != 0;
    case 64 << 10:
      return field(24) != 0xf;
    default:
      return true;
  }
}

}  // namespace

void check_command_line(std::span<const std::byte> tree, const std::string& who) {
  const int node = fdt_path_offset(tree.data(), "/chosen");
  int size = 0;
  const void* line = node < 0 ? nullptr : fdt_getprop(tree.data(), node, "bootargs", &size);
  if (!line) return;
  const std::string_view text(static_cast<const char*>(line), static_cast<size_t>(size));
  const size_t length = std::min(text.find('\0'), text.size());
  if (length <= kCommandLine) return;
  throw SetupError(fmt::format("{}: the kernel's command line has {} bytes", who, length),
                   fmt::format("arm64 Linux keeps {}, and loses the rest", kCommandLine),
                   "make it shorter; a program of the initrd can read what is long from a file");
}

void check_page_size(uint64_t page_size, std::optional<uint64_t> id_aa64mmfr0,
                     const std::string& kernel) {
  if (page_size == 0 || !id_aa64mmfr0 || has_granule(page_size, *id_aa64mmfr0)) return;
  std::string others;
  for (const uint64_t size : {4 << 10, 16 << 10, 64 << 10}) {
    if (!has_granule(size, *id_aa64mmfr0)) continue;
    others += fmt::format("{}{}", others.empty() ? "" : " or ", size >> 10);
  }
  throw SetupError(fmt::format("--kernel {}: built for pages of {} KiB", kernel, page_size >> 10),
                   "this machine's CPU does not have them",
                   fmt::format("take a kernel with pages of {} KiB", others));
}

}  // namespace hvk
