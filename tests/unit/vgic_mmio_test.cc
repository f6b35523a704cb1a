// SPDX-License-Identifier: GPL-2.0-only
// The distributor's registers, as the guest and as the VMM see them, and the
// VMM's view of the guest's CPU interface.
#include <cerrno>

#include "vgic_machine.h"

namespace hvk::test {
namespace {

constexpr unsigned kIrqs = 96;  // 64 SPIs

// --- fixed values --------------------------------------------------------------

TEST(VgicRegisters, ReadAfterReset) {
  VgicMachine m(2, kIrqs);
  const struct {
    const char* name;
    int64_t offset;
    unsigned len;
    uint64_t vcpu0, vcpu1;
  } kTable[] = {
      {"CTLR", 0x000, 4, 0, 0},
      {"TYPER: 2 CPU interfaces, 96 INTIDs", 0x004, 4, 0x22, 0x22},
      {"IIDR", 0x008, 4, 0x4b00343b, 0x4b00343b},
      {"reserved", 0x00c, 4, 0, 0},
      {"IGROUPR0", 0x080, 4, 0, 0},
      {"ISENABLER0: SGIs", 0x100, 4, 0xffff, 0xffff},
      {"ICENABLER0", 0x180, 4, 0xffff, 0xffff},
      {"ISENABLER1", 0x104, 4, 0, 0},
      {"IPRIORITYR0", 0x400, 4, 0, 0},
      {"ITARGETSR0: oneself", 0x800, 4, 0x01010101, 0x02020202},
      {"ITARGETSR7", 0x81c, 4, 0x01010101, 0x02020202},
      {"ITARGETSR7, last byte", 0x81f, 1, 0x01, 0x02},
      {"ITARGETSR8", 0x820, 4, 0, 0},
      {"ICFGR0: SGIs are edges", 0xc00, 4, 0xaaaaaaaa, 0xaaaaaaaa},
      {"ICFGR1: PPIs are levels", 0xc04, 4, 0, 0},
      {"SGIR is write-only", 0xf00, 4, 0, 0},
      {"ICPIDR2", 0xfe8, 4, 0x2b, 0x2b},
      {"NSACR: none", 0xe00, 4, 0, 0},
  };
  for (const auto& t : kTable) {
    EXPECT_EQ(m.read(0, t.offset, t.len), t.vcpu0) << t.name;
    EXPECT_EQ(m.read(1, t.offset, t.len), t.vcpu1) << t.name;
  }
}

TEST(VgicRegisters, TheFrameIsFourKilobytes) {
  VgicMachine m(1);
  uint64_t val;
  EXPECT_FALSE(bench_read(m.vm, 0, -4, 4, &val));
  EXPECT_FALSE(bench_read(m.vm, 0, 0x1000, 4, &val));
  EXPECT_FALSE(bench_write(m.vm, 0, 0x1000, 4, 1));
  EXPECT_TRUE(bench_read(m.vm, 0, 0xfff, 4, &val)) << "crosses the end: ours all the same";
  EXPECT_EQ(val, 0u);
}

TEST(VgicRegisters, TyperForEachSize) {
  const struct {
    unsigned vcpus, irqs;
    uint64_t typer;
  } kTable[] = {{1, 64, 0x01}, {4, 256, 0x67}, {8, 992, 0xfe}, {8, 64, 0xe1}};
  for (const auto& t : kTable) {
    VgicMachine m(t.vcpus, t.irqs);
    EXPECT_EQ(m.read(0, 4), t.typer) << t.vcpus << " " << t.irqs;
  }
}

// --- write and read back ---------------------------------------------------------

TEST(VgicRegisters, WriteAndReadBack) {
  const struct {
    const char* name;
    int64_t write_at;
    unsigned write_len;
    uint64_t value;
    int64_t read_at;
    unsigned read_len;
    uint64_t expected;
  } kTable[] = {
      {"CTLR: group 0 alone", 0x000, 4, 0xffffffff, 0x000, 4, 1},
      {"CTLR by byte", 0x000, 1, 1, 0x000, 4, 0},
      {"CTLR by half-word", 0x000, 2, 1, 0x000, 4, 0},
      {"CTLR by double-word", 0x000, 8, 1, 0x000, 4, 0},
      {"TYPER", 0x004, 4, 0, 0x004, 4, 0x22},
      {"IIDR", 0x008, 4, 0, 0x008, 4, 0x4b00343b},
      {"IGROUPR", 0x084, 4, 0x12345678, 0x084, 4, 0x12345678},
      {"IGROUPR by byte", 0x084, 1, 0xff, 0x084, 4, 0},
      {"IGROUPR unaligned", 0x086, 4, 0xffffffff, 0x084, 4, 0},
      {"ISENABLER", 0x104, 4, 0x80000001, 0x184, 4, 0x80000001},
      {"ICENABLER of SGIs", 0x180, 4, 0x3, 0x100, 4, 0xfffc},
      {"ISPENDR of an SPI", 0x208, 4, 0x10, 0x288, 4, 0x10},
      {"ISPENDR of an SGI", 0x200, 4, 0x1, 0x200, 4, 0},
      {"ISPENDR of a PPI", 0x200, 4, 0x40000000, 0x200, 4, 0x40000000},
      {"ISACTIVER of an SPI", 0x304, 4, 0x100, 0x384, 4, 0x100},
      {"ISACTIVER of an SGI", 0x300, 4, 0x8, 0x380, 4, 0x8},
      {"IPRIORITYR: five bits", 0x420, 4, 0xff07a051, 0x420, 4, 0xf800a050},
      {"IPRIORITYR by byte", 0x421, 1, 0x88, 0x420, 4, 0x8800},
      {"IPRIORITYR by half-word", 0x420, 2, 0xffff, 0x420, 4, 0},
      {"IPRIORITYR of an SGI", 0x400, 1, 0x30, 0x400, 4, 0x30},
      {"ITARGETSR of a private", 0x800, 4, 0, 0x800, 4, 0x01010101},
      {"ITARGETSR: existing vCPUs", 0x820, 4, 0xff0302fd, 0x820, 4, 0x03030201},
      {"ITARGETSR by byte", 0x823, 1, 2, 0x820, 4, 0x02000000},
      {"ICFGR of SPIs", 0xc08, 4, 0xffffffff, 0xc08, 4, 0xaaaaaaaa},
      {"ICFGR of PPIs", 0xc04, 4, 0xffffffff, 0xc04, 4, 0},
      {"ICFGR of SGIs", 0xc00, 4, 0, 0xc00, 4, 0xaaaaaaaa},
      {"SPENDSGIR", 0xf24, 4, 0x01000002, 0xf14, 4, 0x01000002},
      {"SPENDSGIR by byte", 0xf2f, 1, 0x1, 0xf1f, 1, 0x1},
      {"INTIDs that are not there: enable", 0x10c, 4, 0xffffffff, 0x10c, 4, 0},
      {"INTIDs that are not there: priority", 0x400 + 96, 1, 0xf8, 0x400 + 96, 1, 0},
      {"INTIDs that are not there: target", 0xbfc, 4, 1, 0xbfc, 4, 0},
      {"ICPIDR2", 0xfe8, 4, 0, 0xfe8, 4, 0x2b},
  };
  for (const auto& t : kTable) {
    VgicMachine m(2, kIrqs);
    m.write(0, t.write_at, t.value, t.write_len);
    EXPECT_EQ(m.read(0, t.read_at, t.read_len), t.expected) << t.name;
    bench_check(m.vm);
  }
}

TEST(VgicRegisters, ClearRegistersClear) {
  const struct {
    const char* name;
    int64_t set, clear;
  } kTable[] = {{"enable", 0x104, 0x184}, {"pending", 0x204, 0x284}, {"active", 0x304, 0x384}};
  for (const auto& t : kTable) {
    VgicMachine m(1, kIrqs);
    m.write(0, t.set, 0xff00ff00);
    m.write(0, t.set, 0);
    EXPECT_EQ(m.read(0, t.set), 0xff00ff00u) << t.name;
    m.write(0, t.clear, 0xf0000000);
    EXPECT_EQ(m.read(0, t.clear), 0x0f00ff00u) << t.name;
    m.write(0, t.clear, 0xffffffff);
    EXPECT_EQ(m.read(0, t.set), 0u) << t.name;
  }
  VgicMachine m(2, kIrqs);
  m.write(0, 0xf20, 0x0303);
  m.write(0, 0xf10, 0x0301);
  EXPECT_EQ(m.read(0, 0xf20), 0x02u) << "CPENDSGIR";
}

// --- no INTID out of bounds, whatever the access ------------------------------------

TEST(VgicRegisters, EveryAccessIsHarmless) {
  for (unsigned irqs : {64u, 992u}) {
    VgicMachine m(1, irqs);
    for (int64_t offset = 0; offset < 0x1000; ++offset)
      for (unsigned len : {1u, 2u, 4u, 8u}) {
        m.write(0, offset, ~0ull, len);
        m.read(0, offset, len);
      }
    bench_check(m.vm);
  }
}

// --- the VMM ------------------------------------------------------------------------

TEST(VgicUserRegisters, WhichThereAre) {
  VgicMachine m(1, kIrqs);
  const struct {
    const char* name;
    uint32_t offset;
    bool there;
  } kTable[] = {{"CTLR", 0, true},
                {"IIDR", 8, true},
                {"reserved", 0xc, false},
                {"IGROUPR2", 0x88, true},
                {"IGROUPR3", 0x8c, false},
                {"IPRIORITYR23", 0x45c, true},
                {"unaligned", 0x402, false},
                {"SGIR", 0xf00, true},
                {"ICPIDR2", 0xfe8, false},
                {"end", 0x1000, false},
                {"far out", 0xfffffffc, false}};
  for (const auto& t : kTable) EXPECT_EQ(bench_user_has(m.vm, t.offset), t.there) << t.name;
}

TEST(VgicUserRegisters, GroupsOnlyAfterIidr) {
  VgicMachine m(1, kIrqs);
  uint32_t val;
  EXPECT_EQ(bench_user_write(m.vm, 0, 0x84, 0xff), 0);
  EXPECT_EQ(m.read(0, 0x84), 0u);
  const struct {
    uint32_t iidr;
    int result;
  } kTable[] = {{0x4b00143b, -EINVAL}, {0x4b00443b, -EINVAL}, {0x4c00343b, -EINVAL},
                {0, -EINVAL},          {0x4b00243b, 0},       {0x4b00343b, 0}};
  for (const auto& t : kTable) EXPECT_EQ(bench_user_write(m.vm, 0, 8, t.iidr), t.result) << t.iidr;
  EXPECT_EQ(bench_user_write(m.vm, 0, 0x84, 0xff), 0);
  EXPECT_EQ(bench_user_read(m.vm, 0, 0x84, &val), 0);
  EXPECT_EQ(val, 0xffu);
}

TEST(VgicUserRegisters, SgisPendFromOneself) {
  VgicMachine m(2, kIrqs);
  uint32_t val = 0;
  EXPECT_EQ(bench_user_write(m.vm, 1, 0x200, 0x4), 0);
  EXPECT_EQ(bench_user_read(m.vm, 1, 0x200, &val), 0);
  EXPECT_EQ(val, 0x4u);
  EXPECT_EQ(bench_user_read(m.vm, 1, 0xf20, &val), 0);
  EXPECT_EQ(val, 0x020000u);
  EXPECT_EQ(bench_user_write(m.vm, 1, 0x280, 0x4), 0);
  EXPECT_EQ(bench_user_read(m.vm, 1, 0x200, &val), 0);
  EXPECT_EQ(val, 0u);
}

TEST(VgicUserRegisters, MappedInterruptsKeepTheirActiveState) {
  VgicMachine m(1, kIrqs);
  uint32_t val = 0;
  EXPECT_EQ(bench_user_write(m.vm, 0, 0x300, 1u << BENCH_HW_PPI | 1u << 20), 0);
  EXPECT_EQ(bench_user_read(m.vm, 0, 0x300, &val), 0);
  EXPECT_EQ(val, 1u << 20);
}

TEST(VgicUserRegisters, CpuInterface) {
  VgicMachine m(1, kIrqs);
  const struct {
    const char* name;
    uint32_t offset, write, read;
  } kTable[] = {{"CTLR", 0x00, 0xffffffff, 0x21f},
                {"PMR: five bits", 0x04, 0xff, 0x1f},
                {"BPR", 0x08, 0xff, 7},
                {"ABPR", 0x1c, 0xff, 7},
                {"APR0", 0xd0, 0xdeadbeef, 0xdeadbeef},
                {"APR1", 0xd4, 0xffffffff, 0},
                {"IIDR", 0xfc, 0, 0x04b2043b},
                {"IAR", 0x0c, 1, 0}};
  for (const auto& t : kTable) {
    uint32_t val = 0;
    EXPECT_EQ(bench_gicc_write(m.vm, 0, t.offset, t.write), 0) << t.name;
    EXPECT_EQ(bench_gicc_read(m.vm, 0, t.offset, &val), 0) << t.name;
    EXPECT_EQ(val, t.read) << t.name;
    EXPECT_EQ(bench_gicc_has(t.offset), t.offset != 0x0c) << t.name;
  }
  // One register's bits do not reach another's.
  uint32_t val = 0;
  EXPECT_EQ(bench_gicc_write(m.vm, 0, 0x04, 0), 0);
  EXPECT_EQ(bench_gicc_read(m.vm, 0, 0x00, &val), 0);
  EXPECT_EQ(val, 0x21fu);
}

// --- set-up -----------------------------------------------------------------------------

TEST(VgicSetUp, Create) {
  struct hvk_vm* vm = bench_new_bare(2);
  EXPECT_EQ(bench_create(vm, 3), -ENODEV);
  bench_hold(vm, 1, true);
  EXPECT_EQ(bench_create(vm, 2), -EBUSY) << "a vCPU is in RUN";
  bench_hold(vm, 1, false);
  EXPECT_EQ(bench_init(vm), -ENODEV);
  EXPECT_EQ(bench_inject(vm, -1, 40, true), -ENODEV);
  EXPECT_EQ(bench_create(vm, 2), 0);
  EXPECT_EQ(bench_create(vm, 2), -EEXIST);
  EXPECT_EQ(bench_inject(vm, -1, 40, true), -ENODEV);
  EXPECT_EQ(bench_add_vcpu(vm), 0);
  EXPECT_EQ(bench_init(vm), 0);
  EXPECT_EQ(bench_init(vm), 0);
  EXPECT_EQ(bench_inject(vm, -1, 40, true), 0);
  EXPECT_EQ(bench_add_vcpu(vm), -EBUSY);
  bench_delete(vm);
}

TEST(VgicSetUp, WhatFailsFixesNothing) {
  struct hvk_vm* vm = bench_new_bare(1);
  EXPECT_EQ(bench_create(vm, 2), 0);
  const unsigned before = bench_nr_irqs(vm);
  EXPECT_EQ(bench_init_fails(vm, -ENOMEM), -ENOMEM);
  EXPECT_EQ(bench_nr_irqs(vm), before);
  EXPECT_EQ(bench_inject(vm, -1, 40, true), -ENODEV);
  EXPECT_EQ(bench_init(vm), 0);
  EXPECT_GT(bench_nr_irqs(vm), before);
  bench_delete(vm);
}

TEST(VgicSetUp, NoMoreThanEightVcpus) {
  struct hvk_vm* vm = bench_new_bare(9);
  EXPECT_EQ(bench_create(vm, 2), -E2BIG);
  bench_delete(vm);
  vm = bench_new_bare(8);
  EXPECT_EQ(bench_create(vm, 2), 0);
  EXPECT_EQ(bench_add_vcpu(vm), -EINVAL);
  bench_delete(vm);
}

TEST(VgicSetUp, NoneForAVmThatHasRun) {
  struct hvk_vm* vm = bench_new_bare(1);
  EXPECT_EQ(bench_first_run(vm, 0), 0) << "without an irqchip";
  EXPECT_EQ(bench_create(vm, 2), -EBUSY);
  bench_delete(vm);
}

TEST(VgicSetUp, FirstRun) {
  constexpr uint64_t kUndef = ~0ull;
  const struct {
    const char* name;
    uint64_t dist, cpu;
    int result;
  } kTable[] = {{"no distributor", kUndef, 0x1000, -ENXIO},
                {"no CPU interface", 0x1000, kUndef, -ENXIO},
                {"the same", 0x1000, 0x1000, -EINVAL},
                {"overlap below", 0x2000, 0x1000, -EINVAL},
                {"above", 0x1000, 0x2000, 0},
                {"below", 0x3000, 0x1000, 0}};
  for (const auto& t : kTable) {
    struct hvk_vm* vm = bench_new_bare(1);
    EXPECT_EQ(bench_create(vm, 2), 0);
    bench_place(vm, t.dist, t.cpu);
    EXPECT_EQ(bench_first_run(vm, 0), t.result) << t.name;
    EXPECT_EQ(bench_is_dead(vm), t.result != 0) << t.name;
    bench_delete(vm);
  }
}

TEST(VgicSetUp, InjectAndMapCheckTheirIntid) {
  VgicMachine m(2, kIrqs);
  const struct {
    const char* name;
    int vcpu;
    uint32_t intid;
    int result;
  } kTable[] = {
      {"SGI", 0, 15, -EINVAL},          {"PPI", 1, 16, 0},      {"PPI of nobody", -1, 20, -EINVAL},
      {"first SPI", -1, 32, 0},         {"last SPI", 0, 95, 0}, {"beyond", -1, 96, -EINVAL},
      {"huge", -1, 0xffffffff, -EINVAL}};
  for (const auto& t : kTable)
    EXPECT_EQ(bench_inject(m.vm, t.vcpu, t.intid, true), t.result) << t.name;
  EXPECT_EQ(bench_map(m.vm, 0, 15, 27), -EINVAL);
  EXPECT_EQ(bench_map(m.vm, 0, 32, 27), -EINVAL);
  EXPECT_EQ(bench_map(m.vm, 0, 30, 1020), -EINVAL);
}

}  // namespace
}  // namespace hvk::test
