/* SPDX-License-Identifier: GPL-2.0-only */
/* The weaknesses of the host's CPUs, and what EL2 does about them. */
#ifndef HVK_BASE_MITIG_H
#define HVK_BASE_MITIG_H

#include <linux/types.h>

/*
 * For HVK_HOST_INFO: the HVK_MITIG_* bits of all online CPUs together, because a guest
 * may run on any of them. Process context, at load.
 */
u64 hvk_host_mitigations(void);
/*
 * For the CPU that this runs on, preemption off: what hvk_el2_cpu.flags
 * (HVK_EL2_F_*) and hvk_el2_cpu.bhb_loops have to be.
 */
u64 hvk_host_el2_flags(void);
u64 hvk_host_bhb_loops(void);
/* Errata that any CPU probed so far has: HVK_EL2_F_*. Any context. */
u64 hvk_host_errata(void);

#endif /* HVK_BASE_MITIG_H */
