// SPDX-License-Identifier: GPL-2.0-or-later
// Access to a vCPU's registers through KVM_GET_ONE_REG and KVM_SET_ONE_REG.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hvk {

// Sets the registers that the boot protocols define on top of the vCPU's reset
// state: PC, x0 (the device tree's IPA), and x1 to x3 (zero). Throws SetupError.
void set_entry(int vcpu_fd, uint64_t pc, uint64_t x0);

// Returns ID_AA64MMFR0_EL1 as the guest sees it, which tells the page sizes that its CPU supports.
// Returns nothing if the register cannot be read.
std::optional<uint64_t> id_aa64mmfr0(int vcpu_fd);

// Returns the general registers, PC, PSTATE and some EL1 system registers as
// text of several lines for the log. Registers that cannot be read are left
// out. Only to be called while the vCPU is not in KVM_RUN.
std::string dump_registers(int vcpu_fd);

// Returns the name of the exception class (EC) in the ESR_ELx value `esr`, for
// example "data abort, same EL" (DDI 0487 D19.2.37), or null for a class that is
// not listed.
const char* exception_class(uint64_t esr);

}  // namespace hvk
