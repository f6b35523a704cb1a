// SPDX-License-Identifier: GPL-2.0-only
// The device-tree writer, read back with libfdt, and the two ways to a guest's
// tree: generated, and the user's own with hvk-run's additions.
#include "board/fdt.h"

#include <gtest/gtest.h>
#include <libfdt.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/error.h"
#include "hv/gic.h"
#include "machine/tree.h"

namespace hvk {
namespace {

constexpr layout::Range kRam{layout::kRamBase, uint64_t{256} << 20};

// A tree read with libfdt, by path.
class Tree {
 public:
  explicit Tree(std::vector<std::byte> blob) : blob_(std::move(blob)) {
    EXPECT_EQ(fdt_check_full(blob_.data(), blob_.size()), 0);
  }

  bool has(const char* path) const { return fdt_path_offset(blob_.data(), path) >= 0; }

  // The bytes of a property, or "(none)".
  std::string bytes(const char* path, const char* name) const {
    int size = 0;
    const int node = fdt_path_offset(blob_.data(), path);
    if (node < 0) return "(none)";
    const void* data = fdt_getprop(blob_.data(), node, name, &size);
    if (!data) return "(none)";
    return std::string(static_cast<const char*>(data), static_cast<size_t>(size));
  }
  std::string text(const char* path, const char* name) const { return bytes(path, name).c_str(); }
  std::vector<uint32_t> cells(const char* path, const char* name) const {
    const std::string raw = bytes(path, name);
    std::vector<uint32_t> cells;
    for (size_t i = 0; i + 4 <= raw.size(); i += 4) {
      fdt32_t cell;
      std::memcpy(&cell, raw.data() + i, sizeof(cell));
      cells.push_back(fdt32_to_cpu(cell));
    }
    return cells;
  }

 private:
  std::vector<std::byte> blob_;
};

using Cells = std::vector<uint32_t>;

class FakeGic final : public Gic {
 public:
  std::string_view name() const override { return "fake"; }
  unsigned max_cpus() const override { return 8; }
  void describe(Fdt& fdt) const override {
    Fdt::Node node(fdt, "intc");
    fdt.cells("phandle", {Fdt::kPhandleGic});
  }
  unsigned ppi_flags(unsigned cpus) const override { return cpus << 8 | 4; }
  void create(const Vm&) override {}
  void finish() override {}
  GicState save(unsigned) const override { return {}; }
  void restore(const GicState&) override {}
};

class FakeDevice final : public Device {
 public:
  std::string_view name() const override { return "fake"; }
  uint64_t read(uint64_t, unsigned) override { return 0; }
  void write(uint64_t, unsigned, uint64_t) override {}
  void describe(Fdt& fdt, uint64_t base) const override {
    Fdt::Node node(fdt, "fake@" + std::to_string(base));
    fdt.spi(7);
  }
};

Chosen some_chosen() {
  Chosen chosen;
  chosen.bootargs = "quiet";
  chosen.initrd = layout::Range{0x48000000, 0x1001};
  chosen.rng_seed.fill(std::byte{0x5a});
  chosen.kaslr_seed.fill(std::byte{0xa5});
  return chosen;
}

TEST(Fdt, WritesEachKindOfProperty) {
  Fdt fdt;
  {
    Fdt::Node root(fdt, "");
    fdt.property("empty");
    fdt.property("text", "hello");
    fdt.strings("list", {"a", "bc"});
    fdt.cells("cells", {1, 0xdeadbeef});
    fdt.u64("wide", 0x0123456789abcdef);
    fdt.bytes("bytes", "\x01\x02", 2);
    Fdt::Node child(fdt, "child@1000");
    fdt.reg(0x100001000, 0x2000);
    fdt.spi(5);
    Fdt::Node grandchild(fdt, "edge");
    fdt.spi(6, true);
  }
  const Tree tree(fdt.finish());
  EXPECT_EQ(tree.bytes("/", "empty"), "");
  EXPECT_EQ(tree.bytes("/", "text"), std::string("hello\0", 6));
  EXPECT_EQ(tree.bytes("/", "list"), std::string("a\0bc\0", 5));
  EXPECT_EQ(tree.cells("/", "cells"), (Cells{1, 0xdeadbeef}));
  EXPECT_EQ(tree.cells("/", "wide"), (Cells{0x01234567, 0x89abcdef}));
  EXPECT_EQ(tree.bytes("/", "bytes"), "\x01\x02");
  EXPECT_EQ(tree.cells("/child@1000", "reg"), (Cells{1, 0x1000, 0, 0x2000}));
  EXPECT_EQ(tree.cells("/child@1000", "interrupts"), (Cells{0, 5, 4}));
  EXPECT_EQ(tree.cells("/child@1000/edge", "interrupts"), (Cells{0, 6, 1}));
}

TEST(Fdt, GrowsAsNeeded) {
  const std::string kLong(300'000, 'x');
  Fdt fdt;
  {
    Fdt::Node root(fdt, "");
    fdt.property("before", "1");
    fdt.property("long", kLong);
    for (int i = 0; i < 2000; ++i) fdt.cells("p" + std::to_string(i), {7});
  }
  const Tree tree(fdt.finish());
  EXPECT_EQ(tree.text("/", "before"), "1");
  EXPECT_EQ(tree.text("/", "long"), kLong);
  EXPECT_EQ(tree.cells("/", "p1999"), Cells{7});
}

TEST(Fdt, RefusesWhatCannotBeATree) {
  Fdt too_large;
  too_large.begin("");
  EXPECT_THROW(too_large.property("x", std::string(3 << 20, 'x')), std::runtime_error);
  Fdt open;
  open.begin("");
  EXPECT_THROW(open.finish(), std::runtime_error);
  Fdt closed_twice;
  {
    Fdt::Node root(closed_twice, "");
    closed_twice.end();
  }
  EXPECT_THROW(closed_twice.finish(), std::runtime_error);
}

TEST(Tree, GeneratedDescribesTheMachine) {
  FakeDevice device;
  Bus bus;
  bus.add({42, 1}, device);
  const Tree tree(generate_tree(some_chosen(), kRam, 3, FakeGic(), bus));
  EXPECT_EQ(tree.cells("/", "#address-cells"), Cells{2});
  EXPECT_EQ(tree.cells("/", "#size-cells"), Cells{2});
  EXPECT_EQ(tree.cells("/", "interrupt-parent"), Cells{Fdt::kPhandleGic});
  EXPECT_EQ(tree.cells("/memory@40000000", "reg"), (Cells{0, 0x40000000, 0, 0x10000000}));
  EXPECT_EQ(tree.text("/memory@40000000", "device_type"), "memory");
  for (const char* cpu : {"/cpus/cpu@0", "/cpus/cpu@1", "/cpus/cpu@2"}) {
    EXPECT_EQ(tree.text(cpu, "enable-method"), "psci");
    EXPECT_EQ(tree.text(cpu, "device_type"), "cpu");
  }
  EXPECT_EQ(tree.cells("/cpus/cpu@2", "reg"), Cells{2});
  EXPECT_FALSE(tree.has("/cpus/cpu@3"));
  EXPECT_EQ(tree.bytes("/psci", "compatible"), std::string("arm,psci-1.0\0arm,psci-0.2\0", 26));
  EXPECT_EQ(tree.text("/psci", "method"), "hvc");
  EXPECT_EQ(tree.cells("/timer", "interrupts"),
            (Cells{1, 13, 0x304, 1, 14, 0x304, 1, 11, 0x304, 1, 10, 0x304}));
  EXPECT_EQ(tree.bytes("/timer", "always-on"), "");
  EXPECT_EQ(tree.cells("/apb-pclk", "phandle"), Cells{Fdt::kPhandleClock});
  EXPECT_EQ(tree.cells("/apb-pclk", "clock-frequency"), Cells{24'000'000});
  EXPECT_TRUE(tree.has("/intc"));
  EXPECT_TRUE(tree.has("/fake@42"));

  EXPECT_EQ(tree.text("/chosen", "stdout-path"), "/pl011@9000000");
  EXPECT_EQ(tree.text("/chosen", "bootargs"), "quiet");
  EXPECT_EQ(tree.cells("/chosen", "linux,initrd-start"), (Cells{0, 0x48000000}));
  EXPECT_EQ(tree.cells("/chosen", "linux,initrd-end"), (Cells{0, 0x48001001}));
  EXPECT_EQ(tree.bytes("/chosen", "rng-seed"), std::string(32, '\x5a'));
  EXPECT_EQ(tree.bytes("/chosen", "kaslr-seed"), std::string(8, '\xa5'));
}

TEST(Tree, GeneratedLeavesOutWhatWasNotGiven) {
  const Tree tree(generate_tree(Chosen{}, kRam, 1, FakeGic(), Bus()));
  EXPECT_EQ(tree.bytes("/chosen", "bootargs"), "(none)");
  EXPECT_EQ(tree.bytes("/chosen", "linux,initrd-start"), "(none)");
}

TEST(Tree, SeedsAreRandom) {
  Chosen a, b;
  fill_seeds(a);
  fill_seeds(b);
  EXPECT_NE(a.rng_seed, b.rng_seed);
  EXPECT_NE(a.kaslr_seed, b.kaslr_seed);
}

// A user's tree; `cells` are the root's address and size cells.
std::vector<std::byte> users_tree(uint32_t cells, bool with_nodes) {
  Fdt fdt;
  {
    Fdt::Node root(fdt, "");
    fdt.cells("#address-cells", {cells});
    fdt.cells("#size-cells", {cells});
    fdt.property("model", "mine");
    if (with_nodes) {
      {
        Fdt::Node memory(fdt, "memory");
        fdt.property("device_type", "memory");
        fdt.cells("reg", {1, 2, 3, 4});
      }
      Fdt::Node chosen(fdt, "chosen");
      fdt.property("bootargs", "of the file");
    }
  }
  return fdt.finish();
}

TEST(Tree, PatchesTheUsersOwn) {
  Chosen chosen = some_chosen();
  const Tree tree(patch_tree(users_tree(2, true), chosen, kRam));
  EXPECT_EQ(tree.text("/", "model"), "mine");
  EXPECT_EQ(tree.cells("/memory", "reg"), (Cells{0, 0x40000000, 0, 0x10000000}));
  EXPECT_EQ(tree.text("/chosen", "bootargs"), "quiet");
  EXPECT_EQ(tree.cells("/chosen", "linux,initrd-end"), (Cells{0, 0x48001001}));

  chosen.bootargs.clear();
  const Tree kept(patch_tree(users_tree(2, true), chosen, kRam));
  EXPECT_EQ(kept.text("/chosen", "bootargs"), "of the file");
}

TEST(Tree, AddsWhatTheUsersOwnLacks) {
  const Tree tree(patch_tree(users_tree(1, false), some_chosen(), kRam));
  EXPECT_EQ(tree.cells("/memory@40000000", "reg"), (Cells{0x40000000, 0x10000000}));
  EXPECT_EQ(tree.text("/memory@40000000", "device_type"), "memory");
  EXPECT_EQ(tree.text("/chosen", "bootargs"), "quiet");
}

TEST(Tree, TakesLongArgumentsIntoTheUsersOwn) {
  Chosen chosen = some_chosen();
  chosen.bootargs.assign(100'000, 'a');
  const Tree tree(patch_tree(users_tree(2, true), chosen, kRam));
  EXPECT_EQ(tree.text("/chosen", "bootargs"), chosen.bootargs);
}

// As a part of a FIT image lies in memory.
TEST(Tree, TakesTheUsersOwnAtAnyAddress) {
  const std::vector<std::byte> good = users_tree(2, true);
  std::vector<std::byte> moved(good.size() + 4);
  std::copy(good.begin(), good.end(), moved.begin() + 4);
  const Tree tree(patch_tree(std::span(moved).subspan(4), some_chosen(), kRam));
  EXPECT_EQ(tree.text("/", "model"), "mine");
}

TEST(Tree, RefusesHostileFiles) {
  const std::vector<std::byte> good = users_tree(2, true);
  const auto refused = [](std::vector<std::byte> blob) {
    EXPECT_THROW(patch_tree(blob, some_chosen(), kRam), SetupError);
  };
  refused({});
  refused(std::vector<std::byte>(3));
  refused(std::vector<std::byte>(4096));
  for (size_t size = 0; size < good.size(); size += 3) {
    refused({good.begin(), good.begin() + static_cast<ptrdiff_t>(size)});
  }
  // RAM beyond 4 GiB cannot be said in one cell, nor in none or in many.
  for (uint32_t cells : {0u, 3u, 5u}) refused(users_tree(cells, false));
  EXPECT_THROW(patch_tree(users_tree(1, false), some_chosen(), {kRam.base, uint64_t{8} << 30}),
               SetupError);
  // Of versions that are not written any more, libfdt checks less.
  for (uint32_t version = 0; version < 16; ++version) {
    std::vector<std::byte> old = good;
    fdt_set_version(old.data(), version);
    fdt_set_last_comp_version(old.data(), std::min(version, 2u));
    refused(old);
  }
  // Whatever one byte is turned into: refused or patched, nothing else.
  for (size_t i = 0; i < good.size(); ++i) {
    for (uint8_t flip : {0x01, 0x80, 0xff}) {
      std::vector<std::byte> bent = good;
      bent[i] ^= std::byte{flip};
      try {
        Tree tree(patch_tree(bent, some_chosen(), kRam));
      } catch (const SetupError&) {
        continue;
      }
    }
  }
}

}  // namespace
}  // namespace hvk
