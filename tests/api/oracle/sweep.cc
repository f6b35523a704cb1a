// SPDX-License-Identifier: GPL-2.0-only
// The sweep: every ioctl of KVM's type on every kind of file, with arguments that carry nothing
// sensible, in every state of the file.
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

constexpr size_t kArgumentSize = 4096, kShown = 64;

// What an argument points at.
struct Argument {
  const char* name;
  int fill;          // of the memory, or -1: no memory
  unsigned long at;  // offset into the memory, or the value itself
};
constexpr Argument kArguments[] = {
    {"null", -1, 0},
    {"zeros", 0, 0},
    {"one", -1, 1},
    {"kernel address", -1, ~0xfffful},
    {"unaligned", 0, 1},
    {"ones", 0xff, 0},
    {"over the edge", 0, kArgumentSize - 1},
};
// What a call that is none here is asked with.
constexpr size_t kFew = 2;

struct Call {
  std::string name;
  unsigned long number;
  bool here;  // KVM has it on this kind of file
};

// Those with names; the numbers between; and those that are here with a wrong size.
std::vector<Call> calls(const Inventory& inventory, const std::string& file) {
  std::vector<Call> result;
  std::set<unsigned> numbers;
  for (const auto& [name, ioctl] : inventory.ioctls) {
    const bool here = std::find(ioctl.on.begin(), ioctl.on.end(), file) != ioctl.on.end();
    result.push_back({name, ioctl.number, here});
    numbers.insert(_IOC_NR(ioctl.number));
    if (!here || _IOC_SIZE(ioctl.number) == 0) continue;
    result.push_back({"(of 8 bytes more) " + name, ioctl.number + (8ul << _IOC_SIZESHIFT), false});
    result.push_back({"(without a size) " + name, _IO(KVMIO, _IOC_NR(ioctl.number)), false});
  }
  for (unsigned nr = 0; nr < 256; nr++) {
    if (!numbers.contains(nr))
      result.push_back({fmt::format("({:#x})", nr), _IO(KVMIO, nr), false});
  }
  result.push_back({"(another type)", _IO(KVMIO + 1, 0), false});
  return result;
}

// Once with each argument; a file that is made is closed again.
void sweep(Bench& bench, int fd, const std::string& file, const std::string& state) {
  // The page behind it is not there.
  Pages memory(2 * kArgumentSize);
  ::mprotect(memory.data() + kArgumentSize, kArgumentSize, PROT_NONE);
  for (const Call& each : calls(bench.inventory(), file)) {
    const std::span all(kArguments);
    for (const Argument& argument : each.here ? all : all.first(kFew)) {
      std::array<std::byte, kShown> before;
      if (argument.fill >= 0) ::memset(memory.data(), argument.fill, kArgumentSize);
      ::memcpy(before.data(), memory.data(), kShown);
      const unsigned long value = argument.fill < 0 ? argument.at : memory.address() + argument.at;
      const Outcome outcome = call(fd, each.number, value);
      std::string answer = text(outcome);
      if (outcome > 2 && ::fcntl(static_cast<int>(outcome), F_GETFD) >= 0) {
        Fd made(static_cast<int>(outcome));
        answer = "a file";
      }
      if (::memcmp(before.data(), memory.data(), kShown) != 0) {
        answer += ", " + bytes({memory.data(), kShown});
      }
      bench.note(fmt::format("ioctl/{} {}/{}, {}", file, each.name, state, argument.name), answer);
    }
  }
}

}  // namespace

void probe_system_calls(Bench& bench) { sweep(bench, bench.system(), "system", "open"); }

void probe_vm_calls(Bench& bench) {
  {
    const Vm vm(bench);
    sweep(bench, vm.fd(), "vm", "new");
  }
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  const Gic gic(vm);
  vcpu.init();
  gic.init();
  sweep(bench, vm.fd(), "vm", "with a vCPU and a vGIC");
}

void probe_vcpu_calls(Bench& bench) {
  {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    vcpu.run().immediate_exit = 1;
    sweep(bench, vcpu.fd(), "vcpu", "not initialised");
  }
  Guest guest(bench);
  guest.run({});
  guest.vcpu().run().immediate_exit = 1;
  sweep(bench, guest.vcpu().fd(), "vcpu", "after RUN");
}

void probe_device_calls(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  const Gic gic(vm, false);
  sweep(bench, gic.fd(), "device", "VGIC_V2 without addresses");
}

}  // namespace hvk::oracle
