// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "vmm/layout.h"

#ifndef HVK_VERSION
#define HVK_VERSION "unknown"
#endif

namespace hvk {
namespace {

// GICv2 has eight CPU interfaces (IHI 0048 1.3).
constexpr unsigned kMaxCpus = 8;
// The smallest guest that is of use: a bare-metal program and its device tree.
constexpr uint64_t kMinMemory = 64 << 10;
// What a stage-2 of 40 bits leaves above the RAM's base.
constexpr uint64_t kMaxMemory = (uint64_t{1} << 40) - layout::kRamBase;
constexpr uint64_t kMemoryUnit = 4096;

constexpr const char* kFooter =
    R"(On the terminal, Ctrl-A x quits, Ctrl-A p presses the power key, Ctrl-A h lists
the rest. SIGTERM presses the power key too; a second SIGTERM ends the guest.

Examples:
  hvk-run --kernel Image --initrd initrd.cpio.gz
      boot Linux; the device tree's stdout-path makes console= unnecessary
  hvk-run -k /boot/vmlinuz -i initrd.img -c 4 -m 2G -a 'root=/dev/ram0 quiet'
  hvk-run --kernel hello.elf --memory 16 --no-reboot
      a bare-metal program: ELF64, or a raw binary linked at 0x40000000
  hvk-run --firmware /usr/lib/u-boot/qemu_arm64/u-boot.bin
  hvk-run --dev /dev/kvm --kernel Image
      the same guest under the kernel's own KVM
  hvk-run --doctor
      what this machine has, what it lacks and how to get it

Exit status: 0 the guest powered off (or Ctrl-A x), 1 the host or the set-up
failed, 2 bad usage, 3 the guest crashed, 4 the guest reset and --no-reboot was
given, 128 + n ended by signal n.)";

ParsedOptions usage_error(const std::string& why) {
  ParsedOptions parsed;
  parsed.status = ExitStatus::kUsage;
  parsed.err = fmt::format("hvk-run: {}; see hvk-run --help\n", why);
  return parsed;
}

// What is wrong with the combination of options, or an empty string.
std::string complaint(const CLI::App& app, const Options& options) {
  for (const char* name : {"--kernel", "--initrd", "--dtb", "--dump-dtb", "--firmware", "--dev"}) {
    if (app.count(name) && app.get_option(name)->as<std::string>().empty()) {
      return fmt::format("{}: the file name is empty", name);
    }
  }
  const Config& c = options.config;
  if (options.doctor) return {};
  if (c.kernel.empty() && c.firmware.empty()) {
    return "nothing to run: give --kernel FILE or --firmware FILE";
  }
  if (!c.kernel.empty() && !c.firmware.empty()) {
    return "--kernel and --firmware exclude each other: firmware loads its own kernel";
  }
  if (!c.initrd.empty() && c.kernel.empty()) return "--initrd needs --kernel";
  if (!c.dtb.empty() && !c.dump_dtb.empty()) {
    return "--dtb and --dump-dtb exclude each other: only a generated tree is dumped";
  }
  return {};
}

}  // namespace

std::optional<uint64_t> parse_size(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  auto [rest, err] = std::from_chars(text.data(), end, value);
  if (err != std::errc{} || value == 0 || end - rest > 1) return std::nullopt;
  unsigned shift = 20;
  if (rest != end) {
    switch (*rest) {
      case 'k':
      case 'K':
        shift = 10;
        break;
      case 'm':
      case 'M':
        shift = 20;
        break;
      case 'g':
      case 'G':
        shift = 30;
        break;
      default:
        return std::nullopt;
    }
  }
  if (value > (UINT64_MAX >> shift)) return std::nullopt;
  return value << shift;
}

std::string format_size(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  if (value == static_cast<double>(static_cast<uint64_t>(value))) {
    return fmt::format("{:.0f} {}", value, kUnits[unit]);
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

ParsedOptions parse_options(int argc, const char* const* argv) {
  Options options;
  Config& c = options.config;
  std::string memory;
  bool no_reboot = false;

  CLI::App app("hvk-run: runs one 64-bit Arm guest under hvk (/dev/hvk) or KVM (/dev/kvm).",
               "hvk-run");
  app.footer(kFooter);
  app.set_version_flag("--version", "hvk-run " HVK_VERSION);
  app.get_formatter()->column_width(28);
  const std::string file = "FILE";
  app.add_option("-k,--kernel", c.kernel,
                 "Image (also gzip'd or EFI zboot), ELF64 or raw binary; told by its content")
      ->type_name(file);
  app.add_option("-i,--initrd", c.initrd, "Linux's initial RAM disk")->type_name(file);
  app.add_option("-a,--append", c.append, "the kernel's command line")->type_name("STR");
  app.add_option("-c,--cpus", c.cpus, "vCPUs, 1 to 8 (default 1)")
      ->type_name("N")
      ->check(CLI::Range(1u, kMaxCpus));
  app.add_option("-m,--memory", memory, "RAM: MiB, or with suffix K, M or G (default 256M)")
      ->type_name("SIZE");
  app.add_option("--dtb", c.dtb, "use this device tree instead of the generated one")
      ->type_name(file);
  app.add_option("--dump-dtb", c.dump_dtb, "write the device tree there and end")->type_name(file);
  app.add_option("--firmware", c.firmware, "map at address 0 as flash and start there")
      ->type_name(file);
  app.add_option("--dev", c.device, "/dev/hvk (default) or /dev/kvm")->type_name("DEVICE");
  app.add_flag("--no-reboot", no_reboot, "end with status 4 when the guest resets");
  app.add_flag("-v,--verbose", c.verbose, "print the load map: part, address range, size");
  app.add_flag("--doctor", options.doctor, "report on this machine: what works, what is missing");

  ParsedOptions parsed;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.out = app.help();
    return parsed;
  } catch (const CLI::CallForVersion& version) {
    parsed.out = std::string(version.what()) + "\n";
    return parsed;
  } catch (const CLI::Error& error) {
    return usage_error(error.what());
  }

  if (app.count("--memory")) {
    const std::optional<uint64_t> size = parse_size(memory);
    if (!size) {
      return usage_error(fmt::format(
          "--memory {}: not a size; give MiB, or a number with suffix K, M or G", memory));
    }
    c.memory = *size;
  }
  if (c.memory < kMinMemory || c.memory > kMaxMemory || c.memory % kMemoryUnit != 0) {
    return usage_error(fmt::format("--memory {}: must be 64K to {}G, in multiples of 4K", memory,
                                   kMaxMemory >> 30));
  }
  c.reboot = !no_reboot;
  if (std::string why = complaint(app, options); !why.empty()) return usage_error(why);
  parsed.options = options;
  return parsed;
}

}  // namespace hvk
