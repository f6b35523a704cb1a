// SPDX-License-Identifier: GPL-2.0-only
// RUN: what a guest's accesses, calls and identification registers come to, and every byte of
// the run page that an exit leaves.
#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <set>

#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

constexpr uint32_t kHvc = 0xd4000002, kSmc = 0xd4000003;

constexpr std::byte kPoison{0xa5};

// Bytes that the exit has no use for: as the VMM left them, or zero.
bool left_alone(std::span<const std::byte> bytes) {
  const auto all = [&](std::byte value) {
    return std::all_of(bytes.begin(), bytes.end(), [&](std::byte byte) { return byte == value; });
  };
  return all(kPoison) || all(std::byte{0});
}

// How it ended, from a poisoned run page; and what of it is no part of that.
std::string exit_of(Guest& guest, std::initializer_list<uint32_t> code) {
  kvm_run& run = guest.vcpu().run();
  if (run.exit_reason == KVM_EXIT_MMIO) guest.vcpu().finish();
  run.exit_reason = KVM_EXIT_UNKNOWN;
  ::memset(run.padding, static_cast<int>(kPoison), sizeof(run.padding));
  const Outcome outcome = guest.run(code);
  const auto page = std::as_bytes(std::span(run.padding));
  size_t used = 0;
  std::string leak;
  if (outcome == 0 && run.exit_reason == KVM_EXIT_MMIO) {
    used = offsetof(kvm_run, mmio.is_write) + 1 - offsetof(kvm_run, padding);
    const std::span data(reinterpret_cast<std::byte*>(run.mmio.data), sizeof(run.mmio.data));
    const auto unused = data.subspan(run.mmio.is_write ? run.mmio.len : 0);
    if (!left_alone(unused)) leak += ", data " + bytes(data);
    std::fill(unused.begin(), unused.end(), std::byte{0});
  } else if (outcome == 0 && run.exit_reason == KVM_EXIT_ARM_NISV) {
    used = sizeof(run.arm_nisv);
  }
  if (!left_alone(page.subspan(used))) leak += ", more " + bytes(page.subspan(used, 32));
  return guest.ending(outcome) + leak;
}

void ask_exits(Bench& bench) {
  struct {
    const char* name;
    uint32_t code;
  } const kAccesses[] = {
      {"ldrb w0", 0x39400020},      {"ldrh w0", 0x79400020},     {"ldr w0", 0xb9400020},
      {"ldr x0", 0xf9400020},       {"ldrsb x0", 0x39800020},    {"ldrsb w0", 0x39c00020},
      {"ldrsh x0", 0x79800020},     {"ldrsh w0", 0x79c00020},    {"ldrsw x0", 0xb9800020},
      {"strb w0", 0x39000020},      {"strh w0", 0x79000020},     {"str w0", 0xb9000020},
      {"str x0", 0xf9000020},       {"str xzr", 0xf900003f},     {"ldr xzr", 0xf940003f},
      {"ldr x0, post", 0xf8408420}, {"str x0, pre", 0xf8008c20}, {"ldp x0", 0xa9400820},
      {"stp x0", 0xa9000820},       {"ldr q0", 0x3dc00020},      {"ldxr x0", 0xc85f7c20},
      {"ldar x0", 0xc8dffc20},      {"stlr x0", 0xc89ffc20},     {"ldadd x0, x0", 0xf8200020},
      {"dc zva", 0xd50b7421},       {"ic ivau", 0xd50b7521},     {"prfm", 0xf9800020},
  };
  Guest guest(bench);
  for (const auto& row : kAccesses) {
    guest.vcpu().set(reg_x(0), 0x1122334455667788);
    guest.vcpu().set(reg_x(1), 0x0a000000);
    guest.vcpu().set(reg_x(2), 0x99);
    bench.note(fmt::format("exit/MMIO/{}", row.name), exit_of(guest, {row.code}));
    // What the guest gets of what the VMM leaves.
    kvm_run& run = guest.vcpu().run();
    if (run.exit_reason != KVM_EXIT_MMIO || run.mmio.is_write) continue;
    ::memset(run.mmio.data, 0xf5, sizeof(run.mmio.data));
    const Outcome outcome = guest.vcpu().enter();
    bench.note(fmt::format("exit/MMIO/{}, answered", row.name), guest.ending(outcome));
  }
  guest.vcpu().set(reg_x(1), 0x0a000000);
  kvm_enable_cap cap = {};
  cap.cap = KVM_CAP_ARM_NISV_TO_USER;
  call(guest.vm().fd(), KVM_ENABLE_CAP, &cap);
  for (const auto& row : kAccesses) {
    guest.vcpu().set(reg_x(1), 0x0a000000);
    bench.note(fmt::format("exit/ARM_NISV/{}", row.name), exit_of(guest, {row.code}));
  }
}

// Every function of the ranges that KVM answers some of.
void ask_calls(Bench& bench) {
  constexpr struct {
    uint32_t first;
    unsigned number;
  } kRanges[] = {
      {0x80000000, 4},    {0x80000001, 1},    {0x80007fff, 2}, {0x80008000, 2},
      {0x84000000, 0x22}, {0xc4000000, 0x22}, {0x84000050, 4}, {0xc4000050, 4},
      {0x86000000, 4},    {0xc6000000, 4},    {0x8600ff01, 1}, {0xc5000020, 3},
      {0xc6000001, 1},    {0x95c1ba5e, 3},    {0x84000100, 2}, {0, 2},
      {0xffffffff, 1},
  };
  struct {
    const char* name;
    uint32_t code, features;
  } const kWays[] = {{"HVC", kHvc, 1u << KVM_ARM_VCPU_PSCI_0_2},
                     {"SMC", kSmc, 1u << KVM_ARM_VCPU_PSCI_0_2},
                     {"HVC, PSCI 0.1", kHvc, 0}};
  for (const auto& way : kWays) {
    Guest guest(bench, way.features);
    std::set<uint32_t> asked;
    for (const auto& range : kRanges) {
      for (unsigned n = 0; n < range.number; n++) {
        const uint32_t function = range.first + n;
        // CPU_SUSPEND and CPU_OFF would not come back.
        if ((function & ~0x40000000u) == 0x84000001 || function == 0x84000002 ||
            function == 0x95c1ba5f || function == 0xc400000e || function == 0x8400000e ||
            !asked.insert(function).second) {
          continue;
        }
        guest.reset();
        guest.vcpu().set(reg_x(0), function);
        for (unsigned x = 1; x < 4; x++) guest.vcpu().set(reg_x(x), 0x30 + x);
        const std::string ending = guest.ending(guest.run({way.code}));
        const std::string which = fmt::format("call/{}/{:#x}", way.name, function);
        bench.note(which, ending);
        std::string rest;
        for (unsigned x = 1; x < 4; x++) rest += hex(guest.vcpu().value(reg_x(x))) + " ";
        bench.note(which + ", x1 to x3", rest);
      }
    }
  }
}

// PSCI_FEATURES and ARCH_FEATURES of each function; versions.
void ask_features(Bench& bench) {
  Guest guest(bench);
  const auto ask = [&](const std::string& name, uint64_t function, uint64_t argument) {
    guest.reset();
    guest.vcpu().set(reg_x(0), function);
    guest.vcpu().set(reg_x(1), argument);
    bench.note(name, guest.ending(guest.run({kHvc})));
  };
  for (uint32_t n = 0; n < 0x22; n++) {
    for (uint32_t base : {0x84000000u, 0xc4000000u}) {
      ask(fmt::format("call/PSCI_FEATURES/{:#x}", base + n), 0x8400000a, base + n);
    }
  }
  for (uint32_t function : {0x80000000u, 0x80000001u, 0x80000002u, 0x80008000u, 0x80007fffu,
                            0x80003fffu, 0xc5000020u, 0x84000050u, 0xffffffffu}) {
    ask(fmt::format("call/PSCI_FEATURES/{:#x}", function), 0x8400000a, function);
    ask(fmt::format("call/ARCH_FEATURES/{:#x}", function), 0x80000001, function);
  }
  for (uint64_t type : {0ull, 1ull, 0x7fffffffull, 0x80000000ull, 0xffffffffull}) {
    ask(fmt::format("call/SYSTEM_RESET2/{:#x}", type), 0xc4000012, type);
    ask(fmt::format("call/SYSTEM_RESET2/32 bits, {:#x}", type), 0x84000012, type);
  }
  for (uint64_t mpidr : {0ull, 1ull, 0x100ull, 1ull << 32, 0x80000000ull}) {
    ask(fmt::format("call/AFFINITY_INFO/{:#x}", mpidr), 0xc4000004, mpidr);
    ask(fmt::format("call/CPU_ON/{:#x}", mpidr), 0xc4000003, mpidr);
  }
}

// Each register of the identification space, as the guest reads it: value or exception.
void ask_id_registers(Bench& bench) {
  Guest guest(bench);
  for (uint32_t crm = 0; crm < 8; crm++) {
    for (uint32_t op2 = 0; op2 < 8; op2++) {
      const uint32_t mrs = 0xd5380000 | crm << 8 | op2 << 5;
      bench.note(fmt::format("guest/ID registers/S3_0_C0_C{}_{}", crm, op2),
                 guest.ending(guest.run({mrs})));
    }
  }
}

void ask_run(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  constexpr const char* kItem = "ioctl/vcpu RUN/";
  bench.note(std::string(kItem) + "not initialised", vcpu.enter());
  bench.note(std::string(kItem) + "argument 1", call(vcpu.fd(), KVM_RUN, 1ul));
  vcpu.init();
  vcpu.run().immediate_exit = 1;
  bench.note(std::string(kItem) + "immediate_exit", vcpu.enter());
  bench.note(std::string(kItem) + "immediate_exit, the exit reason", vcpu.run().exit_reason);
  vcpu.run().immediate_exit = 0;
  const Vm other(bench);
  const Vcpu lost(other);
  const Gic gic(other, false);
  lost.init();
  bench.note(std::string(kItem) + "a vGIC without addresses", lost.enter());
}

}  // namespace

void probe_exits(Bench& bench) {
  ask_exits(bench);
  ask_run(bench);
}

void probe_calls(Bench& bench) {
  ask_calls(bench);
  ask_features(bench);
}

void probe_guest(Bench& bench) { ask_id_registers(bench); }

}  // namespace hvk::oracle
