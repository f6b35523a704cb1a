// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_CHECK_EXTENSION: which of KVM's capabilities hvk has (any context).
 *
 * The capabilities are those of Linux 6.12. Each one that KVM reports on arm64 is in the
 * table or the switch below, with its value or with the reason for 0. All others belong to
 * other architectures or are unknown; they are 0, as for KVM.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/kvm.h>

#include "abi/caps.h"
#include "base/compat.h"
#include "base/host.h"
#include "base/idreg.h"
#include "core/vm.h"
#include "irq/routing.h"
#include "memory/dirty.h"
#include "memory/slot.h"
#include "trap/guestdbg.h"

static const struct {
	u16 cap;
	u32 value;
} fixed_caps[] = {
	/* memory */
	{ KVM_CAP_USER_MEMORY, 1 },
	{ KVM_CAP_USER_MEMORY2, 1 },
	{ KVM_CAP_NR_MEMSLOTS, HVK_MAX_SLOTS },
	{ KVM_CAP_SYNC_MMU, !HVK_PINS_MEMORY },
	{ KVM_CAP_DESTROY_MEMORY_REGION_WORKS, 1 },
	{ KVM_CAP_JOIN_MEMORY_REGIONS_WORKS, 1 },
	{ KVM_CAP_READONLY_MEM, 1 },
	{ KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, HVK_DIRTY_MANUAL_CAPS },
	/* interrupts and devices */
	{ KVM_CAP_IRQCHIP, 1 },
	{ KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, 1 },
	{ KVM_CAP_IRQ_ROUTING, HVK_MAX_ROUTES },
	{ KVM_CAP_IRQFD, 1 },
	{ KVM_CAP_IRQFD_RESAMPLE, 1 },
	{ KVM_CAP_IOEVENTFD, 1 },
	{ KVM_CAP_IOEVENTFD_ANY_LENGTH, 1 },
	{ KVM_CAP_COALESCED_MMIO, KVM_COALESCED_MMIO_PAGE_OFFSET },
	{ KVM_CAP_COALESCED_PIO, 1 },
	{ KVM_CAP_DEVICE_CTRL, 1 },
	{ KVM_CAP_ARM_SET_DEVICE_ADDR, 1 },
	/* vCPUs */
	{ KVM_CAP_ONE_REG, 1 },
	{ KVM_CAP_MP_STATE, 1 },
	{ KVM_CAP_VCPU_EVENTS, 1 },
	{ KVM_CAP_VCPU_ATTRIBUTES, 1 },
	{ KVM_CAP_IMMEDIATE_EXIT, 1 },
	{ KVM_CAP_INTERNAL_ERROR_DATA, 1 },
	{ KVM_CAP_HALT_POLL, 1 },
	{ KVM_CAP_SET_GUEST_DEBUG, 1 },
	{ KVM_CAP_SET_GUEST_DEBUG2, HVK_GUESTDBG_VALID },
	{ KVM_CAP_COUNTER_OFFSET, 1 },
	/* the guest */
	{ KVM_CAP_ARM_PSCI, 1 },
	{ KVM_CAP_ARM_PSCI_0_2, 1 },
	{ KVM_CAP_SYSTEM_EVENT_DATA, 1 },
	{ KVM_CAP_ARM_SYSTEM_SUSPEND, 1 },
	{ KVM_CAP_ARM_NISV_TO_USER, 1 },
	{ KVM_CAP_ARM_INJECT_EXT_DABT, 1 },
	/* KVM_CHECK_EXTENSION and KVM_ENABLE_CAP themselves */
	{ KVM_CAP_CHECK_EXTENSION_VM, 1 },
	{ KVM_CAP_ENABLE_CAP_VM, 1 },

	/* Capabilities that KVM may have on arm64 and hvk does not have. */
	{ KVM_CAP_SIGNAL_MSI, 0 },		/* there is no ITS to receive an MSI */
	{ KVM_CAP_ARM_USER_IRQ, 0 },		/* for a GIC in the VMM */
	{ KVM_CAP_ARM_EL1_32BIT, 0 },		/* EL1 is always AArch64 */
	{ KVM_CAP_ARM_PMU_V3, 0 },		/* this feature and those up to */
	{ KVM_CAP_ARM_SVE, 0 },			/* INJECT_SERROR_ESR are hidden */
	{ KVM_CAP_ARM_PTRAUTH_ADDRESS, 0 },
	{ KVM_CAP_ARM_PTRAUTH_GENERIC, 0 },
	{ KVM_CAP_ARM_MTE, 0 },
	{ KVM_CAP_ARM_INJECT_SERROR_ESR, 0 },
	{ KVM_CAP_STEAL_TIME, 0 },		/* hypercalls of KVM's own, */
	{ KVM_CAP_PTP_KVM, 0 },			/* as this one */
	{ KVM_CAP_BINARY_STATS_FD, 0 },		/* there is HVK_VCPU_STATS */
	{ KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 0 },	/* only the bitmap is there */
	{ KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0 },
	{ KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0 },	/* blocks are split on faults */
	{ KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES, 0 },	/* valid sizes of that chunk */
	{ KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES,
	  BIT(KVM_ARM_FEATURE_ID_RANGE) },
	/* The calls exist (for the SMCCC filter), but KVM 6.12 reports 0 as well. */
	{ KVM_CAP_VM_ATTRIBUTES, 0 },
};

long hvk_dev_check_extension(struct hvk_vm *vm, unsigned long cap)
{
	size_t i;

	switch (cap) {
	case KVM_CAP_NR_VCPUS:
		return min(num_online_cpus(), hvk_max_vcpus());
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID:
		return hvk_max_vcpus();
	case KVM_CAP_GUEST_DEBUG_HW_BPS:
		return hvk_idreg_nr_brps();
	case KVM_CAP_GUEST_DEBUG_HW_WPS:
		return hvk_idreg_nr_wrps();
	case KVM_CAP_ARM_VM_IPA_SIZE:
		return hvk_host.ipa_bits;
	case KVM_CAP_MSI_DEVID:
		/* Only valid on a VM. 0: there is no ITS, so MSIs need no device ID. */
		return vm ? 0 : -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(fixed_caps); i++)
		if (fixed_caps[i].cap == cap)
			return fixed_caps[i].value;
	return 0;
}
