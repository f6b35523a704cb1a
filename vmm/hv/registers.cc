// SPDX-License-Identifier: GPL-2.0-or-later
#include "hv/registers.h"

#include <fmt/format.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include <cstddef>
#include <iterator>

#include "base/error.h"

namespace hvk {
namespace {

constexpr uint64_t core(size_t offset) {
  return KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | (offset / sizeof(uint32_t));
}

constexpr uint64_t x_register(unsigned n) {
  return core(offsetof(kvm_regs, regs.regs) + n * sizeof(uint64_t));
}

constexpr uint64_t kPc = core(offsetof(kvm_regs, regs.pc));
constexpr uint64_t kPstate = core(offsetof(kvm_regs, regs.pstate));

struct NamedRegister {
  const char* name;
  uint64_t id;
};

constexpr NamedRegister kOthers[] = {
    {"SP_EL0", core(offsetof(kvm_regs, regs.sp))},  {"SP_EL1", core(offsetof(kvm_regs, sp_el1))},
    {"ELR_EL1", core(offsetof(kvm_regs, elr_el1))}, {"SPSR_EL1", core(offsetof(kvm_regs, spsr))},
    {"ESR_EL1", ARM64_SYS_REG(3, 0, 5, 2, 0)},      {"FAR_EL1", ARM64_SYS_REG(3, 0, 6, 0, 0)},
    {"VBAR_EL1", ARM64_SYS_REG(3, 0, 12, 0, 0)},    {"SCTLR_EL1", ARM64_SYS_REG(3, 0, 1, 0, 0)},
    {"TCR_EL1", ARM64_SYS_REG(3, 0, 2, 0, 2)},      {"TTBR0_EL1", ARM64_SYS_REG(3, 0, 2, 0, 0)},
    {"TTBR1_EL1", ARM64_SYS_REG(3, 0, 2, 0, 1)},    {"MAIR_EL1", ARM64_SYS_REG(3, 0, 10, 2, 0)},
    {"MPIDR_EL1", ARM64_SYS_REG(3, 0, 0, 0, 5)},
};

std::optional<uint64_t> get(int fd, uint64_t id) {
  uint64_t value = 0;
  kvm_one_reg reg = {id, reinterpret_cast<uintptr_t>(&value)};
  if (::ioctl(fd, KVM_GET_ONE_REG, &reg) != 0) return std::nullopt;
  return value;
}

void set(int fd, const char* name, uint64_t id, uint64_t value) {
  kvm_one_reg reg = {id, reinterpret_cast<uintptr_t>(&value)};
  if (::ioctl(fd, KVM_SET_ONE_REG, &reg) != 0) throw_errno(fmt::format("setting {}", name));
}

// Names the mode in PSTATE.M (DDI 0487 C5.2.19).
const char* mode_name(uint64_t pstate) {
  switch (pstate & 0x1f) {
    case 0x0:
      return "EL0t";
    case 0x4:
      return "EL1t";
    case 0x5:
      return "EL1h";
    default:
      return pstate & 0x10 ? "AArch32" : "reserved";
  }
}

// Formats pairs of name and value in three columns.
class Columns {
 public:
  void add(std::string_view name, uint64_t value) {
    text_ += fmt::format("{:>12} {:016x}", name, value);
    if (++count_ % 3 == 0) text_ += '\n';
  }
  std::string take() {
    if (count_ % 3 != 0) text_ += '\n';
    return std::move(text_);
  }

 private:
  std::string text_;
  unsigned count_ = 0;
};

}  // namespace

void set_entry(int vcpu_fd, uint64_t pc, uint64_t x0) {
  set(vcpu_fd, "x0", x_register(0), x0);
  for (unsigned n = 1; n <= 3; ++n) set(vcpu_fd, "x1 to x3", x_register(n), 0);
  set(vcpu_fd, "PC", kPc, pc);
}

std::optional<uint64_t> id_aa64mmfr0(int vcpu_fd) {
  return get(vcpu_fd, ARM64_SYS_REG(3, 0, 0, 7, 0));
}

const char* exception_class(uint64_t esr) {
  switch ((esr >> 26) & 0x3f) {
    case 0x00:
      return "unknown reason";
    case 0x01:
      return "WFI or WFE";
    case 0x07:
      return "FP/SIMD access";
    case 0x0e:
      return "illegal execution state";
    case 0x15:
      return "SVC";
    case 0x16:
      return "HVC";
    case 0x17:
      return "SMC";
    case 0x18:
      return "MSR, MRS or system instruction";
    case 0x20:
      return "instruction abort, lower EL";
    case 0x21:
      return "instruction abort, same EL";
    case 0x22:
      return "PC alignment fault";
    case 0x24:
      return "data abort, lower EL";
    case 0x25:
      return "data abort, same EL";
    case 0x26:
      return "SP alignment fault";
    case 0x2f:
      return "SError";
    case 0x3c:
      return "BRK";
    default:
      return nullptr;
  }
}

std::string dump_registers(int vcpu_fd) {
  std::string text;
  const std::optional<uint64_t> pc = get(vcpu_fd, kPc);
  const std::optional<uint64_t> pstate = get(vcpu_fd, kPstate);
  if (pc && pstate) {
    text += fmt::format("          PC {:016x}      PSTATE {:08x} ({}{}{}{}{})\n", *pc, *pstate,
                        mode_name(*pstate), *pstate & (1 << 9) ? " D" : "",
                        *pstate & (1 << 8) ? " A" : "", *pstate & (1 << 7) ? " I" : "",
                        *pstate & (1 << 6) ? " F" : "");
  }
  Columns columns;
  for (unsigned n = 0; n <= 30; ++n) {
    if (auto value = get(vcpu_fd, x_register(n))) columns.add(fmt::format("x{}", n), *value);
  }
  for (const NamedRegister& reg : kOthers) {
    if (auto value = get(vcpu_fd, reg.id)) columns.add(reg.name, *value);
  }
  text += columns.take();
  const std::optional<uint64_t> esr = get(vcpu_fd, ARM64_SYS_REG(3, 0, 5, 2, 0));
  if (const char* name = esr && *esr != 0 ? exception_class(*esr) : nullptr) {
    text += fmt::format("  last exception taken to EL1: {}\n", name);
  }
  return text;
}

}  // namespace hvk
