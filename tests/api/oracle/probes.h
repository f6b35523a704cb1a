// SPDX-License-Identifier: GPL-2.0-only
// The probes: each asks one device about one part of the ABI. What it asks may not depend on
// which device that is, nor on chance or time; and it leaves no VM behind.
#pragma once

#include "tests/api/oracle/bench.h"

namespace hvk::oracle {

void probe_capabilities(Bench& bench);  // capabilities.cc
void probe_enable_cap(Bench& bench);
void probe_system_calls(Bench& bench);  // sweep.cc
void probe_vm_calls(Bench& bench);
void probe_vcpu_calls(Bench& bench);
void probe_device_calls(Bench& bench);
void probe_registers(Bench& bench);  // registers.cc
void probe_register_ids(Bench& bench);
void probe_vcpus(Bench& bench);  // vcpu.cc
void probe_attributes(Bench& bench);
void probe_vgic(Bench& bench);        // vgic.cc
void probe_memory(Bench& bench);      // memory.cc
void probe_interrupts(Bench& bench);  // interrupts.cc
void probe_exits(Bench& bench);       // execution.cc
void probe_calls(Bench& bench);
void probe_guest(Bench& bench);

}  // namespace hvk::oracle
