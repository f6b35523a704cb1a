/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The ioctls of /dev/hvk: those of KVM on arm64 (<linux/kvm.h>), and the few
 * below that are hvk's own. Its own calls are strict: an unknown flag or
 * padding that is not zero is EINVAL.
 */
#ifndef _UAPI_HVK_H
#define _UAPI_HVK_H

#include <linux/types.h>
#include <linux/ioctl.h>
#include <linux/kvm.h>

/* hvk's own ioctl type; KVM's is 0xAE. */
#define HVKIO 0xB7

/* Who answers at EL2, in hvk_host_info.el2_owner. */
#define HVK_EL2_STUB	0	/* the kernel's hyp-stub: free */
#define HVK_EL2_KVM	1	/* the kernel's own KVM */
#define HVK_EL2_HVK	2	/* this module */

/* Bits of hvk_host_info.mitigations. */
#define HVK_MITIG_V2_FIRMWARE	(1 << 0) /* SMCCC_ARCH_WORKAROUND_1 at each exit */
#define HVK_MITIG_BHB_FIRMWARE	(1 << 1) /* SMCCC_ARCH_WORKAROUND_3 at each exit */
#define HVK_MITIG_BHB_LOOP	(1 << 2) /* branch-history loop at each exit */
#define HVK_MITIG_V2_MISSING	(1 << 3) /* this PE needs it, firmware lacks it */
#define HVK_MITIG_SPEC_AT	(1 << 4) /* erratum 1319367 worked around */

/**
 * struct hvk_host_info - what the module found on this host
 * @size: size of the structure as the caller knows it, in bytes; the module
 *	fills no more than that and writes back what it knows
 * @el2_owner: HVK_EL2_* of the CPU that answers
 * @gic_version: 2 or 3
 * @vtimer_intid: INTID of the EL1 virtual timer's PPI
 * @maint_intid: INTID of the GIC's maintenance PPI
 * @gic_nr_lr: number of list registers
 * @vmid_bits: 8 or 16
 * @ipa_bits: size of the largest guest physical address space, in bits
 * @mitigations: HVK_MITIG_*
 * @refusal: why EL2 was last not to be had, and what to do; empty if it was
 *	(NUL-terminated)
 *
 * HVK_HOST_INFO on /dev/hvk; read-only, any context. EFAULT, EINVAL (a size
 * below that of the first three fields).
 */
struct hvk_host_info {
	__u32 size;
	__u32 el2_owner;
	__u32 gic_version;
	__u32 vtimer_intid;
	__u32 maint_intid;
	__u32 gic_nr_lr;
	__u32 vmid_bits;
	__u32 ipa_bits;
	__u64 mitigations;
	char refusal[216];
};

#define HVK_HOST_INFO	_IOWR(HVKIO, 0x00, struct hvk_host_info)

#endif /* _UAPI_HVK_H */
