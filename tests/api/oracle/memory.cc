// SPDX-License-Identifier: GPL-2.0-only
// Memory: what SET_USER_MEMORY_REGION takes, dirty logs, IPA sizes, and pages that are not
// ordinary memory.
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/mman.h>

#include <vector>

#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

constexpr uint64_t kPage = 4096;

void ask_ipa_sizes(Bench& bench) {
  for (unsigned long type = 0; type < 66; type++) {
    Fd made;
    bench.note(fmt::format("ioctl/system CREATE_VM/type {}", type),
               call_for_fd(bench.system(), KVM_CREATE_VM, type, made));
  }
  for (unsigned long bit = 8; bit < 64; bit++) {
    Fd made;
    bench.note(fmt::format("ioctl/system CREATE_VM/bit {}", bit),
               call_for_fd(bench.system(), KVM_CREATE_VM, 1ul << bit, made));
  }
}

struct Region {
  const char* name;
  uint32_t slot, flags;
  uint64_t ipa, size, offset;
};

// One after the other, on one VM of 40 bits.
constexpr Region kRegions[] = {
    {"size 0 where none is", 0, 0, 0, 0, 0},
    {"added", 0, 0, 0x1000000, 16 * kPage, 0},
    {"added again, the same", 0, 0, 0x1000000, 16 * kPage, 0},
    {"grown", 0, 0, 0x1000000, 17 * kPage, 0},
    {"other memory", 0, 0, 0x1000000, 16 * kPage, kPage},
    {"moved", 0, 0, 0x2000000, 16 * kPage, 0},
    {"logged", 0, KVM_MEM_LOG_DIRTY_PAGES, 0x2000000, 16 * kPage, 0},
    {"made read-only", 0, KVM_MEM_READONLY, 0x2000000, 16 * kPage, 0},
    {"read-only from the start", 1, KVM_MEM_READONLY, 0x3000000, kPage, 0},
    {"no longer read-only", 1, 0, 0x3000000, kPage, 0},
    {"read-only and logged", 2, KVM_MEM_READONLY | KVM_MEM_LOG_DIRTY_PAGES, 0x4000000, kPage, 0},
    {"flag 2", 3, 4, 0x5000000, kPage, 0},
    {"flag 31", 3, 1u << 31, 0x5000000, kPage, 0},
    {"overlapping the end", 3, 0, 0x200f000, 2 * kPage, 0},
    {"overlapping the start", 3, 0, 0x1fff000, 2 * kPage, 0},
    {"around another", 3, 0, 0x1000000, 0x4000000, 0},
    {"just behind", 3, 0, 0x2010000, kPage, 0},
    {"IPA unaligned", 4, 0, 0x6000800, kPage, 0},
    {"size unaligned", 4, 0, 0x6000000, kPage + 1, 0},
    {"memory unaligned", 4, 0, 0x6000000, kPage, 1},
    {"IPA wraps", 4, 0, ~0ull - kPage + 1, 2 * kPage, 0},
    {"memory wraps", 4, 0, 0x6000000, 1ull << 63, 0},
    {"last page", 4, 0, (1ull << 40) - kPage, kPage, 0},
    {"past the last page", 5, 0, 1ull << 40, kPage, 0},
    {"across the last page", 5, 0, (1ull << 40) - kPage, 2 * kPage, 0},
    {"too many pages", 5, 0, 0, 1ull << 43, 0},
    {"slot 511", 511, 0, 0x7000000, kPage, 0},
    {"slot 512", 512, 0, 0x8000000, kPage, 0},
    {"slot 32766", 32766, 0, 0x9000000, kPage, 0},
    {"slot 32767", 32767, 0, 0xa000000, kPage, 0},
    {"slot 65535", 65535, 0, 0xb000000, kPage, 0},
    {"another address space", 1u << 16, 0, 0xc000000, kPage, 0},
    {"deleted", 0, 0, 0x2000000, 0, 0},
    {"deleted again", 0, 0, 0x2000000, 0, 0},
    {"deleted, flags on", 1, KVM_MEM_READONLY, 0x3000000, 0, 0},
};

void ask_regions(Bench& bench) {
  const Vm vm(bench);
  const Pages memory(32 * kPage);
  for (const Region& row : kRegions) {
    bench.note(fmt::format("ioctl/vm SET_USER_MEMORY_REGION/{}", row.name),
               vm.slot(row.slot, row.flags, row.ipa, row.size, memory.address() + row.offset));
  }
  bench.note("ioctl/vm SET_USER_MEMORY_REGION/memory at a kernel address",
             vm.slot(6, 0, 0xd000000, kPage, 0xffff000000000000));
  bench.note("ioctl/vm SET_USER_MEMORY_REGION/memory that is not mapped",
             vm.slot(7, 0, 0xe000000, kPage, 0x1000));
  bench.note("ioctl/vm SET_USER_MEMORY_REGION/memory above the address space",
             vm.slot(8, 0, 0xf000000, kPage, 1ull << 52));
  // struct kvm_userspace_memory_region2, which came with Linux 6.8.
  struct {
    kvm_userspace_memory_region region;
    uint64_t guest_memfd_offset;
    uint32_t guest_memfd, pad1;
    uint64_t pad2[14];
  } second = {{9, 0, 0x10000000, kPage, memory.address()}, 0, 0, 0, {}};
  const auto ask = [&](const char* name) {
    bench.note(fmt::format("ioctl/vm SET_USER_MEMORY_REGION2/{}", name),
               call(vm.fd(), bench.ioctl("SET_USER_MEMORY_REGION2"), &second));
    second.region.slot++;
    second.region.guest_phys_addr += kPage;
  };
  ask("plain");
  second.region.flags = 1u << 2;
  ask("guest_memfd");
  second.region.flags = 0;
  second.pad2[3] = 1;
  ask("padding");
}

void ask_dirty_log(Bench& bench) {
  Guest guest(bench);
  uint64_t bits[8];
  const auto ask = [&](const std::string& when, uint32_t slot, void* to) {
    ::memset(bits, 0xa5, sizeof(bits));
    kvm_dirty_log log = {slot, 0, {to}};
    const Outcome outcome = call(guest.vm().fd(), KVM_GET_DIRTY_LOG, &log);
    bench.note("ioctl/vm GET_DIRTY_LOG/" + when,
               fmt::format("{}, {:#x} {:#x}", text(outcome), bits[0], bits[1]));
  };
  ask("not logged", 0, bits);
  ask("no such slot", 1, bits);
  ask("slot out of range", 40000, bits);
  const Outcome on = guest.vm().slot(0, KVM_MEM_LOG_DIRTY_PAGES, Guest::kMemory, Guest::kSize,
                                     reinterpret_cast<uint64_t>(guest.memory()));
  bench.note("ioctl/vm GET_DIRTY_LOG/logging on", on);
  ask("nothing written", 0, bits);
  guest.vcpu().set(reg_x(1), Guest::kMemory + 0x5008);
  const Outcome ran = guest.run({0xf9000020});  // str x0, [x1]
  bench.note("ioctl/vm GET_DIRTY_LOG/a store", guest.ending(ran));
  ask("written", 0, bits);
  ask("read again", 0, bits);
  guest.run({0xf9000020});
  ask("to no address", 0, nullptr);
  ask("after a failed one", 0, bits);
}

// What the guest's loads and stores do to memory that is not anonymous and writable.
void ask_kinds(Bench& bench) {
  constexpr uint64_t kIpa = 0x50000000;
  const auto ask = [&](const std::string& name, uint32_t flags, uint64_t address) {
    Guest guest(bench);
    bench.note("memory/" + name + "/slot", guest.vm().slot(1, flags, kIpa, kPage, address));
    guest.vcpu().set(reg_x(1), kIpa);
    guest.vcpu().set(reg_x(0), 0x77);
    bench.note("memory/" + name + "/store", guest.ending(guest.run({0xf9000020})));
    guest.vcpu().finish();
    Outcome loaded = guest.run({0xf9400020});  // ldr x0, [x1]
    std::string ending = guest.ending(loaded);
    if (ending.starts_with("done") && name == "vDSO data") ending = "done";
    bench.note("memory/" + name + "/load", ending);
  };
  Pages plain(kPage);
  ask("anonymous", 0, plain.address());
  ask("anonymous, read-only slot", KVM_MEM_READONLY, plain.address());
  Pages sealed(kPage);
  ::mprotect(sealed.data(), kPage, PROT_READ);
  ask("mapped for reading", 0, sealed.address());
  ask("mapped for reading, read-only slot", KVM_MEM_READONLY, sealed.address());
  Pages none(kPage);
  ::mprotect(none.data(), kPage, PROT_NONE);
  ask("mapped for nothing", 0, none.address());
  Pages gone(kPage);
  ::munmap(gone.data(), kPage);
  ask("unmapped", 0, gone.address());
  ::mmap(gone.data(), kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
         0);
  if (const uint64_t data = vdso_data()) {
    ask("vDSO data", 0, data);
    ask("vDSO data, read-only slot", KVM_MEM_READONLY, data);
  }
  // A flash that no driver of the lab's kernel has.
  const Fd physical(::open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC));
  void* flash =
      ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, physical.get(), 0x04000000);
  bench.note("memory/device/mapped", flash == MAP_FAILED ? "no" : "yes");
  if (flash == MAP_FAILED) return;
  ask("device, read-only slot", KVM_MEM_READONLY, reinterpret_cast<uint64_t>(flash));
  ::munmap(flash, kPage);
}

}  // namespace

void probe_memory(Bench& bench) {
  ask_ipa_sizes(bench);
  ask_regions(bench);
  ask_dirty_log(bench);
  ask_kinds(bench);
}

}  // namespace hvk::oracle
