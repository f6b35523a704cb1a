// SPDX-License-Identifier: GPL-2.0-only
// Kinds of bugs that KVM once had, and that one thread can look for.
#include "tests/api/oracle/cases.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

namespace hvk::oracle {
namespace {

// CVE-2018-18021: a VMM that sets PSTATE to EL2, or to a state that is none.
void pstate_of_el2(Bench& bench) {
  Guest guest(bench);
  // EL2 and EL3; modes that are none; Hyp and Monitor of AArch32.
  for (uint64_t mode : {0x8, 0x9, 0xc, 0xd, 0x1, 0x2, 0xf, 0x1a, 0x16}) {
    EXPECT_EQ(guest.vcpu().set(kRegPstate, 0x3c0 | mode), -EINVAL) << hex(mode);
  }
  EXPECT_EQ(guest.vcpu().value(kRegPstate), 0x3c5u);
  guest.vcpu().set(reg_x(0), uint64_t{0});
  // mrs x0, CurrentEL
  EXPECT_EQ(guest.ending(guest.run({0xd5384240})), "done 0x4");
}

// CVE-2024-36953: registers of a vCPU that is not there.
void vgic_of_an_absent_vcpu(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm), third(vm, 3);
  vcpu.init();
  third.init();
  const Gic gic(vm);
  for (bool ready : {false, true}) {
    if (ready) {
      ASSERT_EQ(gic.init(), 0);
    }
    for (uint32_t group : {KVM_DEV_ARM_VGIC_GRP_DIST_REGS, KVM_DEV_ARM_VGIC_GRP_CPU_REGS}) {
      for (uint64_t id : {1ull, 2ull, 4ull, 7ull, 8ull, 63ull, 128ull, 255ull}) {
        for (unsigned long request :
             {KVM_HAS_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR}) {
          uint32_t value = 0;
          EXPECT_EQ(gic.attribute(request, group, id << KVM_DEV_ARM_VGIC_CPUID_SHIFT, &value),
                    -EINVAL)
              << "vCPU " << id << " group " << group;
        }
      }
    }
  }
  uint32_t value = 0;
  EXPECT_EQ(gic.attribute(KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CPU_REGS,
                          3ull << KVM_DEV_ARM_VGIC_CPUID_SHIFT, &value),
            0);
}

// CVE-2019-14821: the VMM writes the index of a ring that the kernel writes into.
void index_in_the_coalesced_ring(Bench& bench) {
  constexpr uint64_t kZone = 0x0a000000;
  const Outcome page = call(bench.system(), KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO);
  Guest guest(bench);
  kvm_coalesced_mmio_zone zone = {kZone, 4096, {0}};
  const Outcome outcome = call(guest.vm().fd(), KVM_REGISTER_COALESCED_MMIO, &zone);
  if (page == 0) {
    // Nothing is shared but the run page.
    EXPECT_EQ(outcome, -EINVAL);
    EXPECT_EQ(call(bench.system(), KVM_GET_VCPU_MMAP_SIZE), 4096);
    return;
  }
  ASSERT_EQ(outcome, 0);
  auto* ring = reinterpret_cast<kvm_coalesced_mmio_ring*>(
      reinterpret_cast<std::byte*>(&guest.vcpu().run()) + page * 4096);
  for (uint32_t last : {0u, 1u, 168u, 169u, 170u, 171u, 4096u, 0x7fffffffu, 0x80000000u, ~0u}) {
    for (uint32_t first : {0u, 1u, 169u, 170u, ~0u}) {
      ring->first = first;
      ring->last = last;
      guest.vcpu().set(reg_x(1), kZone);
      const Outcome ran = guest.run({0xf9000020});  // str x0, [x1]
      ASSERT_EQ(ran, 0);
      // Into the ring, or to the VMM.
      ASSERT_EQ(guest.vcpu().run().exit_reason, static_cast<uint32_t>(KVM_EXIT_MMIO));
      const uint64_t at = guest.vcpu().run().mmio.phys_addr;
      EXPECT_TRUE(at == kZone || at == Guest::kNothing) << hex(at);
      // An index out of the ring is not used.
      if (last >= 170) {
        EXPECT_EQ(at, kZone) << hex(last);
      }
    }
  }
}

// CVE-2021-22543: pages that nobody counts. They stay the host's, and read-only ones so.
void pages_without_a_count(Bench& bench) {
  constexpr uint64_t kIpa = 0x50000000;
  const uint64_t data = vdso_data();
  if (data == 0) GTEST_SKIP() << "this kernel has no [vvar]";
  ::timespec now = {};
  for (unsigned round = 0; round < 3; round++) {
    for (uint32_t flags : {0u, static_cast<uint32_t>(KVM_MEM_READONLY)}) {
      Guest guest(bench);
      if (guest.vm().slot(1, flags, kIpa, 4096, data) != 0) continue;
      guest.vcpu().set(reg_x(1), kIpa);
      guest.vcpu().set(reg_x(0), ~0ull);
      const Outcome stored = guest.run({0xf9000020});  // str x0, [x1]
      EXPECT_FALSE(guest.ending(stored).starts_with("done")) << "the vDSO's data was written";
      guest.vcpu().finish();
      guest.run({0xf9400020});  // ldr x0, [x1]
    }
    // Its VM has gone; the page has not.
    EXPECT_EQ(::clock_gettime(CLOCK_MONOTONIC, &now), 0);
  }
}

// vCPU creation that fails where an fd is to be made, before and while there is a vGIC.
void no_files_left(Bench& bench) {
  rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlim_t most = limit.rlim_cur;
  const Vm vm(bench);
  const Vcpu first(vm);
  first.init();
  const auto with_no_files = [&](auto&& action) {
    limit.rlim_cur = 3;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    action();
    limit.rlim_cur = most;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  };
  Fd made;
  with_no_files([&] {
    for (unsigned id = 1; id < 8; id++) {
      EXPECT_EQ(call_for_fd(vm.fd(), KVM_CREATE_VCPU, id, made), -EMFILE);
    }
    EXPECT_EQ(call_for_fd(bench.system(), KVM_CREATE_VM, 0, made), -EMFILE);
  });
  const Vcpu second(vm, 1);
  second.init();
  const Gic gic(vm);
  with_no_files([&] { EXPECT_EQ(call_for_fd(vm.fd(), KVM_CREATE_VCPU, 2, made), -EMFILE); });
  const Vcpu third(vm, 2);
  third.init();
  EXPECT_EQ(gic.init(), 0);
  EXPECT_EQ(call_for_fd(vm.fd(), KVM_CREATE_VCPU, 3, made), -EBUSY);
  for (const Vcpu* vcpu : {&first, &second, &third}) {
    vcpu->run().immediate_exit = 1;
    EXPECT_EQ(vcpu->enter(), -EINTR);
  }
}

// What goes out was all written by the kernel, and no more than what there is.
void no_uninitialised_bytes(Bench& bench) {
  Guest guest(bench);
  Gic gic(guest.vm());
  ASSERT_EQ(gic.init(), 0);
  struct {
    const char* name;
    int fd;
    unsigned long request;
    size_t size;
  } const kCalls[] = {
      {"ARM_PREFERRED_TARGET", guest.vm().fd(), KVM_ARM_PREFERRED_TARGET, sizeof(kvm_vcpu_init)},
      {"GET_MP_STATE", guest.vcpu().fd(), KVM_GET_MP_STATE, sizeof(kvm_mp_state)},
      {"GET_VCPU_EVENTS", guest.vcpu().fd(), KVM_GET_VCPU_EVENTS, sizeof(kvm_vcpu_events)},
  };
  for (const auto& row : kCalls) {
    std::byte seen[2][128];
    // The same after either poison: every byte was written, none behind it.
    for (unsigned poison = 0; poison < 2; poison++) {
      ::memset(seen[poison], poison ? 0xff : 0x00, sizeof(seen[0]));
      ASSERT_EQ(call(row.fd, row.request, &seen[poison]), 0) << row.name;
    }
    EXPECT_EQ(::memcmp(seen[0], seen[1], row.size), 0) << row.name << ": a byte is left out";
    for (size_t i = row.size; i < sizeof(seen[0]); i++) {
      ASSERT_EQ(seen[1][i], std::byte{0xff}) << row.name << ": a byte too much";
    }
  }
  // Reserved bytes are zero.
  kvm_vcpu_events events;
  ASSERT_EQ(call(guest.vcpu().fd(), KVM_GET_VCPU_EVENTS, &events), 0);
  EXPECT_EQ(events.exception.pad[0] | events.exception.pad[4], 0);
  for (uint32_t word : events.reserved) EXPECT_EQ(word, 0u);
  kvm_vcpu_init init;
  ASSERT_EQ(call(guest.vm().fd(), KVM_ARM_PREFERRED_TARGET, &init), 0);
  for (uint32_t word : init.features) EXPECT_EQ(word, 0u);
  // A new vCPU's run page is empty, whatever its page was before.
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  const auto* run = reinterpret_cast<const unsigned char*>(&vcpu.run());
  for (size_t i = 0; i < 4096; i++) ASSERT_EQ(run[i], 0) << "byte " << i << " of the run page";
}

constexpr Case kCases[] = {
    {"Cve2018_18021_PstateOfEl2", pstate_of_el2},
    {"Cve2024_36953_VgicOfAnAbsentVcpu", vgic_of_an_absent_vcpu},
    {"Cve2019_14821_IndexInTheCoalescedRing", index_in_the_coalesced_ring},
    {"Cve2021_22543_PagesWithoutACount", pages_without_a_count},
    {"NoFilesLeft", no_files_left},
    {"NoUninitialisedBytes", no_uninitialised_bytes},
};

}  // namespace

std::span<const Case> cases() { return kCases; }

}  // namespace hvk::oracle
