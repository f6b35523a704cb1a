// SPDX-License-Identifier: GPL-2.0-or-later
// A vCPU's registers, as ONE_REG gives them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hvk {

// Sets what the boot protocols fix of a vCPU that was reset: PC and x0 (the
// device tree's IPA), x1 to x3 zero. Throws SetupError.
void set_entry(int vcpu_fd, uint64_t pc, uint64_t x0);

// ID_AA64MMFR0_EL1 as the guest sees it, which says what pages its CPU has; nothing if it cannot
// be read.
std::optional<uint64_t> id_aa64mmfr0(int vcpu_fd);

// General registers, PC, PSTATE and EL1's system registers for a person to
// read, several lines; what cannot be read is left out. Only while the vCPU
// does not run.
std::string dump_registers(int vcpu_fd);

// "data abort, same EL": an exception class of ESR_ELx (DDI 0487 D19.2.37), or
// null for one that EL1 does not take.
const char* exception_class(uint64_t esr);

}  // namespace hvk
