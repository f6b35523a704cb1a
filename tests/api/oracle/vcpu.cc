// SPDX-License-Identifier: GPL-2.0-only
// vCPUs: creation, ARM_VCPU_INIT, MP_STATE, VCPU_EVENTS, signal masks, the timers' attributes,
// PSTATE.
#include <fmt/format.h>
#include <string.h>

#include "hv/kvm_calls.h"
#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

void ask_creation(Bench& bench) {
  const Vm vm(bench);
  const int most = static_cast<int>(call(vm.fd(), KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS));
  Fd made[32];
  for (unsigned long id : {0ul, 7ul, 7ul, 8ul, 511ul, 512ul, 0x10000ul, 0xfffffffful, ~0ul}) {
    for (unsigned n = 0; n < 32; n++) {
      if (made[n].get() >= 0) continue;
      const Outcome outcome = call_for_fd(vm.fd(), KVM_CREATE_VCPU, id, made[n]);
      bench.note(fmt::format("ioctl/vm CREATE_VCPU/{} as number {}", hex(id), n), outcome);
      break;
    }
  }
  bench.note("ioctl/vm CREATE_VCPU/most", most);
}

Outcome init(const Vcpu& vcpu, uint32_t target, uint32_t features, unsigned word = 0) {
  kvm_vcpu_init init = {.target = target, .features = {}};
  init.features[word] = features;
  return call(vcpu.fd(), KVM_ARM_VCPU_INIT, &init);
}

void ask_init(Bench& bench) {
  constexpr uint32_t kPsci = 1u << KVM_ARM_VCPU_PSCI_0_2;
  constexpr const char* kItem = "ioctl/vcpu ARM_VCPU_INIT/";
  for (unsigned bit = 0; bit < 32; bit++) {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    bench.note(fmt::format("{}feature {}", kItem, bit),
               init(vcpu, KVM_ARM_TARGET_GENERIC_V8, 1u << bit));
  }
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  for (unsigned word = 1; word < 7; word++) {
    bench.note(fmt::format("{}feature word {}", kItem, word),
               init(vcpu, KVM_ARM_TARGET_GENERIC_V8, 1, word));
  }
  for (uint32_t target : {0u, 1u, 4u, 6u, 0x7fffffffu, ~0u}) {
    bench.note(fmt::format("{}target {:#x}", kItem, target), init(vcpu, target, 0));
  }
  bench.note(std::string(kItem) + "the right target", init(vcpu, KVM_ARM_TARGET_GENERIC_V8, kPsci));
  bench.note(std::string(kItem) + "again", init(vcpu, KVM_ARM_TARGET_GENERIC_V8, kPsci));
  bench.note(std::string(kItem) + "again, powered off",
             init(vcpu, KVM_ARM_TARGET_GENERIC_V8, kPsci | 1u << KVM_ARM_VCPU_POWER_OFF));
  bench.note(std::string(kItem) + "again, other features",
             init(vcpu, KVM_ARM_TARGET_GENERIC_V8, 0));
  const Vcpu second(vm, 1);
  bench.note(std::string(kItem) + "a second one, other features",
             init(second, KVM_ARM_TARGET_GENERIC_V8, 0));
  bench.note(std::string(kItem) + "a second one, the same",
             init(second, KVM_ARM_TARGET_GENERIC_V8, kPsci));
}

std::string mp_state(const Vcpu& vcpu) {
  kvm_mp_state state = {~0u};
  const Outcome outcome = call(vcpu.fd(), KVM_GET_MP_STATE, &state);
  return fmt::format("{}, {}", text(outcome), state.mp_state);
}

void ask_mp_state(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  bench.note("ioctl/vcpu GET_MP_STATE/not initialised", mp_state(vcpu));
  vcpu.init(1u << KVM_ARM_VCPU_PSCI_0_2 | 1u << KVM_ARM_VCPU_POWER_OFF);
  bench.note("ioctl/vcpu GET_MP_STATE/powered off", mp_state(vcpu));
  vcpu.init();
  bench.note("ioctl/vcpu GET_MP_STATE/initialised", mp_state(vcpu));
  for (uint32_t value = 0; value < 14; value++) {
    kvm_mp_state state = {value};
    const Outcome outcome = call(vcpu.fd(), KVM_SET_MP_STATE, &state);
    bench.note(fmt::format("ioctl/vcpu SET_MP_STATE/{}", value),
               text(outcome) + ", then " + mp_state(vcpu));
  }
}

std::string events(const Vcpu& vcpu) {
  kvm_vcpu_events got;
  ::memset(&got, 0xa5, sizeof(got));
  const Outcome outcome = call(vcpu.fd(), KVM_GET_VCPU_EVENTS, &got);
  return text(outcome) + ", " + bytes(std::as_bytes(std::span(&got, 1)));
}

void ask_events(Bench& bench) {
  struct {
    const char* name;
    decltype(kvm_vcpu_events::exception) exception;
  } const kRows[] = {
      {"nothing", {0, 0, 0, {}, 0}},
      {"SError", {1, 0, 0, {}, 0}},
      {"SError with a syndrome", {1, 1, 0, {}, 0x1234}},
      {"a syndrome without SError", {0, 1, 0, {}, 0x1234}},
      {"a syndrome too large", {1, 1, 0, {}, 1ull << 24}},
      {"external abort", {0, 0, 1, {}, 0}},
      {"both", {1, 0, 1, {}, 0}},
      {"values beyond 1", {2, 0, 2, {}, 0}},
      {"padding", {0, 0, 0, {1, 2, 3, 4, 5}, 0}},
  };
  for (const auto& row : kRows) {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    vcpu.init();
    kvm_vcpu_events set = {};
    set.exception = row.exception;
    const Outcome outcome = call(vcpu.fd(), KVM_SET_VCPU_EVENTS, &set);
    bench.note(fmt::format("ioctl/vcpu SET_VCPU_EVENTS/{}", row.name),
               text(outcome) + ", then " + events(vcpu));
    bench.note(fmt::format("ioctl/vcpu SET_VCPU_EVENTS/{}, the PC", row.name),
               hex(vcpu.value(kRegPc)));
  }
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  bench.note("ioctl/vcpu GET_VCPU_EVENTS/not initialised", events(vcpu));
  kvm_vcpu_events set = {};
  set.reserved[3] = 1;
  vcpu.init();
  bench.note("ioctl/vcpu SET_VCPU_EVENTS/reserved", call(vcpu.fd(), KVM_SET_VCPU_EVENTS, &set));
}

void ask_signal_mask(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  for (uint32_t length : {0u, 4u, 7u, 8u, 9u, 16u, ~0u}) {
    uint32_t mask[5] = {length, 0, 0, 0, 0};
    bench.note(fmt::format("ioctl/vcpu SET_SIGNAL_MASK/length {}", length),
               call(vcpu.fd(), hvk::kvm_set_signal_mask, mask));
  }
}

// Every attribute of the groups of a file: has, get, set to 0.
void ask_attributes(Bench& bench, int fd, const std::string& file,
                    std::span<const char* const> groups, const std::string& state) {
  for (uint32_t group = 0; group < groups.size(); group++) {
    for (uint64_t attr = 0; attr < 6; attr++) {
      // As long as the longest attribute, SMCCC_FILTER's.
      uint64_t value[3] = {};
      kvm_device_attr args = {0, group, attr, reinterpret_cast<uint64_t>(value)};
      const std::string which =
          fmt::format("attribute/{} {}/{}, {}.{}", file, groups[group], state, group, attr);
      bench.note(which + " has", call(fd, KVM_HAS_DEVICE_ATTR, &args));
      const Outcome got = call(fd, KVM_GET_DEVICE_ATTR, &args);
      bench.note(which + " get", text(got) + ", " + hex(value[0]));
      bench.note(which + " set", call(fd, KVM_SET_DEVICE_ATTR, &args));
    }
  }
}

constexpr const char* kVmGroups[] = {"SMCCC_CTRL", "(others)"};
constexpr const char* kVcpuGroups[] = {"PMU_V3_CTRL", "TIMER_CTRL", "PVTIME_CTRL", "(others)"};

void ask_attributes_of_vcpus(Bench& bench) {
  const auto ask = [&](const Vcpu& vcpu, const std::string& when) {
    ask_attributes(bench, vcpu.fd(), "vCPU", kVcpuGroups, when);
  };
  {
    const Vm vm(bench);
    const Vcpu vcpu(vm);
    ask(vcpu, "not initialised");
  }
  const Vm vm(bench);
  ask_attributes(bench, vm.fd(), "VM", kVmGroups, "new");
  const Vcpu vcpu(vm);
  const Gic gic(vm);
  vcpu.init();
  ask(vcpu, "initialised");
  for (int intid : {-1, 0, 15, 16, 20, 27, 30, 31, 32, 1023}) {
    for (uint64_t timer : {KVM_ARM_VCPU_TIMER_IRQ_VTIMER, KVM_ARM_VCPU_TIMER_IRQ_PTIMER}) {
      kvm_device_attr args = {0, KVM_ARM_VCPU_TIMER_CTRL, timer,
                              reinterpret_cast<uint64_t>(&intid)};
      bench.note(
          fmt::format("attribute/vCPU TIMER_CTRL/{} is {}",
                      timer == KVM_ARM_VCPU_TIMER_IRQ_VTIMER ? "virtual" : "physical", intid),
          call(vcpu.fd(), KVM_SET_DEVICE_ATTR, &args));
    }
  }
  gic.init();
  vcpu.run().immediate_exit = 1;
  bench.note("attribute/vCPU TIMER_CTRL/RUN after that", vcpu.enter());
}

void ask_pstate(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  vcpu.init();
  for (uint64_t mode = 0; mode < 32; mode++) {
    vcpu.set(kRegPstate, 0x3c5);
    const Outcome outcome = vcpu.set(kRegPstate, 0x3c0 | mode);
    bench.note(fmt::format("register/PSTATE/mode {:#x}", mode),
               text(outcome) + ", then " + hex(vcpu.value(kRegPstate)));
  }
}

}  // namespace

void probe_vcpus(Bench& bench) {
  ask_creation(bench);
  ask_init(bench);
  ask_mp_state(bench);
  ask_events(bench);
  ask_signal_mask(bench);
  ask_pstate(bench);
}

void probe_attributes(Bench& bench) { ask_attributes_of_vcpus(bench); }

}  // namespace hvk::oracle
