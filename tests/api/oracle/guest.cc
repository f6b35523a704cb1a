// SPDX-License-Identifier: GPL-2.0-only
// The Guest of bench.h.
#include <fmt/format.h>
#include <string.h>

#include <stdexcept>

#include "tests/api/oracle/bench.h"

namespace hvk::oracle {
namespace {

constexpr uint64_t kRegVbar = ARM64_SYS_REG(3, 0, 12, 0, 0);

// movz x28, #0x0900, lsl #16; str x0, [x28]; b .
constexpr uint32_t kDone[] = {0xd2a1201c, 0xf9000380, 0x14000000};
// mrs x27, esr_el1; movz x28, #0x0900, lsl #16; str x27, [x28, #8]; b .
constexpr uint32_t kVector[] = {0xd538521b, 0xd2a1201c, 0xf900079b, 0x14000000};

std::string mmio(const kvm_run& run) {
  uint64_t value = 0;
  ::memcpy(&value, run.mmio.data, sizeof(value));
  const uint64_t at = run.mmio.phys_addr;
  if (run.mmio.is_write && at == Guest::kNothing) return "done " + hex(value);
  // KVM of 6.1 extends the sign into ESR_EL1's reserved bits.
  if (run.mmio.is_write && at == Guest::kNothing + 8) {
    return "exception " + hex(static_cast<uint32_t>(value));
  }
  if (!run.mmio.is_write) return fmt::format("mmio read of {} at {:#x}", run.mmio.len, at);
  return fmt::format("mmio write of {} at {:#x}: {:#x}", run.mmio.len, at, value);
}

}  // namespace

Guest::Guest(Bench& bench, uint32_t features)
    : features_(features), vm_(bench), vcpu_(vm_), memory_(kSize) {
  for (unsigned n = 0; n < 16; n++) {
    ::memcpy(memory() + (kVectors - kMemory) + n * 0x80, kVector, sizeof(kVector));
  }
  if (vm_.slot(0, 0, kMemory, kSize, memory_.address()) != 0) {
    throw std::runtime_error("no memory for a guest");
  }
  reset();
}

void Guest::reset() const {
  if (vcpu_.init(features_) != 0 || vcpu_.set(kRegVbar, kVectors) != 0) {
    throw std::runtime_error("no guest could be made");
  }
}

Outcome Guest::run(std::initializer_list<uint32_t> code) {
  if (vcpu_.run().exit_reason == KVM_EXIT_MMIO) vcpu_.finish();
  vcpu_.run().exit_reason = KVM_EXIT_UNKNOWN;
  std::byte* to = memory();
  for (uint32_t instruction : code) {
    ::memcpy(to, &instruction, sizeof(instruction));
    to += sizeof(instruction);
  }
  ::memcpy(to, kDone, sizeof(kDone));
  __builtin___clear_cache(reinterpret_cast<char*>(memory()), reinterpret_cast<char*>(to) + 64);
  vcpu_.set(kRegPc, kMemory);
  return vcpu_.enter();
}

std::string Guest::ending(Outcome outcome) const {
  const kvm_run& run = vcpu_.run();
  if (outcome != 0) return "RUN: " + text(outcome);
  switch (run.exit_reason) {
    case KVM_EXIT_MMIO:
      return mmio(run);
    case KVM_EXIT_SYSTEM_EVENT:
      return fmt::format("system event {}, {} values, {:#x}", run.system_event.type,
                         run.system_event.ndata, run.system_event.data[0]);
    case KVM_EXIT_ARM_NISV:
      return fmt::format("no syndrome {:#x} at {:#x}", run.arm_nisv.esr_iss,
                         run.arm_nisv.fault_ipa);
    default:
      return fmt::format("exit {}", run.exit_reason);
  }
}

}  // namespace hvk::oracle
