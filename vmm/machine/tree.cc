// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/tree.h"

#include <fmt/format.h>
#include <libfdt.h>
#include <sys/random.h>

#include "base/error.h"
#include "board/fdt.h"
#include "board/node_name.h"
#include "hv/gic.h"

namespace hvk {
namespace {

// The oldest version of the format that is accepted (devicetree specification 0.4, section 5.2).
constexpr uint32_t kFirstVersion = 16;

constexpr uint32_t kClockHz = 24'000'000;
constexpr uint32_t kGicPpi = 1;

// The affinity fields of MPIDR_EL1 of vCPU `cpu`, which KVM defines so: Aff0
// counts up to 15, because a GICv3's target list for SGIs has 16 bits.
uint32_t mpidr(unsigned cpu) { return (cpu & 0xf) | (cpu >> 4) << 8; }

void write_chosen(Fdt& fdt, const Chosen& chosen) {
  Fdt::Node node(fdt, "chosen");
  fdt.property("stdout-path", "/" + node_name("pl011", layout::kPl011.base));
  if (!chosen.bootargs.empty()) fdt.property("bootargs", chosen.bootargs);
  if (chosen.initrd) {
    fdt.u64("linux,initrd-start", chosen.initrd->base);
    fdt.u64("linux,initrd-end", chosen.initrd->base + chosen.initrd->size);
  }
  fdt.bytes("rng-seed", chosen.rng_seed.data(), chosen.rng_seed.size());
  fdt.bytes("kaslr-seed", chosen.kaslr_seed.data(), chosen.kaslr_seed.size());
}

void write_cpus(Fdt& fdt, unsigned cpus) {
  Fdt::Node node(fdt, "cpus");
  fdt.cells("#address-cells", {1});
  fdt.cells("#size-cells", {0});
  for (unsigned cpu = 0; cpu < cpus; ++cpu) {
    Fdt::Node child(fdt, fmt::format("cpu@{:x}", mpidr(cpu)));
    fdt.property("device_type", "cpu");
    fdt.property("compatible", "arm,armv8");
    fdt.cells("reg", {mpidr(cpu)});
    fdt.property("enable-method", "psci");
  }
}

void write_timer(Fdt& fdt, unsigned flags) {
  Fdt::Node node(fdt, "timer");
  fdt.strings("compatible", {"arm,armv8-timer"});
  fdt.cells("interrupts", {kGicPpi, layout::kTimerPpiSecure, flags,  //
                           kGicPpi, layout::kTimerPpiPhys, flags,    //
                           kGicPpi, layout::kTimerPpiVirt, flags,    //
                           kGicPpi, layout::kTimerPpiHyp, flags});
  fdt.property("always-on");
}

void write_psci(Fdt& fdt) {
  Fdt::Node node(fdt, "psci");
  fdt.strings("compatible", {"arm,psci-1.0", "arm,psci-0.2"});
  fdt.property("method", "hvc");
}

void write_clock(Fdt& fdt) {
  Fdt::Node node(fdt, "apb-pclk");
  fdt.property("compatible", "fixed-clock");
  fdt.cells("#clock-cells", {0});
  fdt.cells("clock-frequency", {kClockHz});
  fdt.property("clock-output-names", "clk24mhz");
  fdt.cells("phandle", {Fdt::kPhandleClock});
}

// Edits the user's tree in place. Errors are SetupErrors that name the option --dtb.
class Patch {
 public:
  explicit Patch(std::vector<std::byte>& blob) : blob_(blob) {}

  // Returns the subnode `name` of the root, which is added if it is missing.
  int node(const char* name) {
    int offset = fdt_subnode_offset(fdt(), 0, name);
    if (offset == -FDT_ERR_NOTFOUND) offset = fdt_add_subnode(fdt(), 0, name);
    return check(offset, name);
  }
  void text(int node, const char* name, const std::string& value) {
    check(fdt_setprop_string(fdt(), node, name, value.c_str()), name);
  }
  void bytes(int node, const char* name, const void* data, size_t size) {
    check(fdt_setprop(fdt(), node, name, data, static_cast<int>(size)), name);
  }
  void u64(int node, const char* name, uint64_t value) {
    check(fdt_setprop_u64(fdt(), node, name, value), name);
  }
  // Returns the node whose device_type is "memory", which is added if there is none.
  int memory(uint64_t base) {
    const int found =
        fdt_node_offset_by_prop_value(fdt(), -1, "device_type", "memory", sizeof("memory"));
    if (found >= 0) return found;
    const int made = node(node_name("memory", base).c_str());
    text(made, "device_type", "memory");
    return made;
  }
  // Sets `reg` to a base and a size, each in the number of cells that the root node defines.
  void reg(int node, layout::Range range) {
    const int address_cells = check(fdt_address_cells(fdt(), 0), "#address-cells");
    const int size_cells = check(fdt_size_cells(fdt(), 0), "#size-cells");
    std::vector<fdt32_t> cells;
    append(cells, range.base, address_cells);
    append(cells, range.size, size_cells);
    bytes(node, "reg", cells.data(), cells.size() * sizeof(fdt32_t));
  }
  int check(int result, const char* what) {
    if (result >= 0) return result;
    throw SetupError(fmt::format("--dtb: {}", what), fdt_strerror(result));
  }

 private:
  void* fdt() { return blob_.data(); }

  static void append(std::vector<fdt32_t>& cells, uint64_t value, int count) {
    if (count < 1 || count > 2 || (count == 1 && value > UINT32_MAX)) {
      throw SetupError("--dtb: /memory", "the root's #address-cells or #size-cells do not do");
    }
    if (count == 2) cells.push_back(cpu_to_fdt32(static_cast<uint32_t>(value >> 32)));
    cells.push_back(cpu_to_fdt32(static_cast<uint32_t>(value)));
  }

  std::vector<std::byte>& blob_;
};

}  // namespace

void fill_seeds(Chosen& chosen) {
  // getrandom(2) never returns fewer bytes than asked for if that is at most 256.
  if (::getrandom(chosen.rng_seed.data(), chosen.rng_seed.size(), 0) < 0 ||
      ::getrandom(chosen.kaslr_seed.data(), chosen.kaslr_seed.size(), 0) < 0) {
    throw_errno("random seeds");
  }
}

std::vector<std::byte> generate_tree(const Chosen& chosen, layout::Range ram, unsigned cpus,
                                     const Gic& gic, const Bus& bus, const Parts& parts) {
  Fdt fdt;
  {
    Fdt::Node root(fdt, "");
    fdt.property("compatible", "linux,dummy-virt");
    fdt.property("model", "linux,dummy-virt");
    fdt.cells("#address-cells", {2});
    fdt.cells("#size-cells", {2});
    fdt.cells("interrupt-parent", {Fdt::kPhandleGic});
    write_chosen(fdt, chosen);
    {
      Fdt::Node memory(fdt, node_name("memory", ram.base));
      fdt.property("device_type", "memory");
      fdt.reg(ram.base, ram.size);
    }
    write_cpus(fdt, cpus);
    write_psci(fdt);
    write_timer(fdt, gic.ppi_flags(cpus));
    gic.describe(fdt);
    write_clock(fdt);
    for (const Bus::Entry& entry : bus.entries()) entry.device->describe(fdt, entry.range.base);
    for (const auto& part : parts) part->describe(fdt);
  }
  return fdt.finish();
}

std::vector<std::byte> patch_tree(std::span<const std::byte> bytes, const Chosen& chosen,
                                  layout::Range ram) {
  // libfdt needs an aligned tree, hence the copy. The version is checked before the
  // properties are: on an old version, fdt_check_full() dereferences a null pointer
  // (libfdt 1.6.1).
  const std::vector<std::byte> file(bytes.begin(), bytes.end());
  int err = file.size() < sizeof(fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_header(file.data());
  if (err == 0 && fdt_version(file.data()) < kFirstVersion) err = -FDT_ERR_BADVERSION;
  if (err == 0) err = fdt_check_full(file.data(), file.size());
  if (err != 0) {
    throw SetupError("--dtb", fmt::format("not a sound device tree blob: {}", fdt_strerror(err)));
  }
  // The additional room is for the properties and nodes that are added below.
  std::vector<std::byte> blob(file.size() + chosen.bootargs.size() + 1024);
  Patch patch(blob);
  patch.check(fdt_open_into(file.data(), blob.data(), static_cast<int>(blob.size())), "header");

  patch.reg(patch.memory(ram.base), ram);
  const int node = patch.node("chosen");
  if (!chosen.bootargs.empty()) patch.text(node, "bootargs", chosen.bootargs);
  if (chosen.initrd) {
    patch.u64(node, "linux,initrd-start", chosen.initrd->base);
    patch.u64(node, "linux,initrd-end", chosen.initrd->base + chosen.initrd->size);
  }
  patch.bytes(node, "rng-seed", chosen.rng_seed.data(), chosen.rng_seed.size());
  patch.bytes(node, "kaslr-seed", chosen.kaslr_seed.data(), chosen.kaslr_seed.size());

  patch.check(fdt_pack(blob.data()), "packing");
  blob.resize(fdt_totalsize(blob.data()));
  return blob;
}

}  // namespace hvk
