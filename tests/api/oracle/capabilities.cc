// SPDX-License-Identifier: GPL-2.0-only
// Capabilities: what CHECK_EXTENSION says of each number, and what ENABLE_CAP takes.
#include <fmt/format.h>

#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

// Numbers beyond those of the inventory, and numbers that are none.
constexpr unsigned kPastKnown = 300;
constexpr unsigned long kOdd[] = {0x7fffffff, 0xffffffff, 0x100000000, ~0ul};

}  // namespace

void probe_capabilities(Bench& bench) {
  const Vm vm(bench);
  std::map<unsigned long, std::string> names;
  for (const auto& [name, number] : bench.inventory().capabilities) names.emplace(number, name);
  for (unsigned long n = 0; n < kPastKnown; n++) {
    if (!names.contains(n)) names.emplace(n, fmt::format("(number {})", n));
  }
  for (unsigned long n : kOdd) names.emplace(n, fmt::format("(number {:#x})", n));
  for (const auto& [number, name] : names) {
    bench.note("capability/" + name + "/system", call(bench.system(), KVM_CHECK_EXTENSION, number));
    bench.note("capability/" + name + "/vm", call(vm.fd(), KVM_CHECK_EXTENSION, number));
  }
}

void probe_enable_cap(Bench& bench) {
  struct {
    const char* name;
    uint32_t flags;
    uint64_t argument;
  } const kArguments[] = {{"0", 0, 0}, {"1", 0, 1}, {"~0", 0, ~0ull}, {"flags", 1, 0}};

  const Vm vm(bench);
  const Vcpu vcpu(vm);
  for (const auto& [name, number] : bench.inventory().capabilities) {
    for (const auto& argument : kArguments) {
      const std::string what = fmt::format("{}, {}", name, argument.name);
      kvm_enable_cap cap = {
          .cap = number, .flags = argument.flags, .args = {argument.argument}, .pad = {}};
      bench.note("ioctl/vm ENABLE_CAP/" + what, call(vm.fd(), KVM_ENABLE_CAP, &cap));
      bench.note("ioctl/vcpu ENABLE_CAP/" + what, call(vcpu.fd(), KVM_ENABLE_CAP, &cap));
    }
  }
}

}  // namespace hvk::oracle
