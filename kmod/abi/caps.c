// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_CHECK_EXTENSION: what hvk has of KVM's capabilities (any context).
 *
 * The numbers are Linux 6.12's. Each one that KVM itself has on arm64 is in a
 * table here, with its value or with why it is 0. The rest are other
 * architectures', or unknown, and 0 as for KVM.
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
	/* about these calls */
	{ KVM_CAP_CHECK_EXTENSION_VM, 1 },
	{ KVM_CAP_ENABLE_CAP_VM, 1 },

	/* What KVM may have on arm64 and hvk has not. */
	{ KVM_CAP_SIGNAL_MSI, 0 },		/* nothing takes an MSI: no ITS */
	{ KVM_CAP_ARM_USER_IRQ, 0 },		/* a GIC in the VMM */
	{ KVM_CAP_ARM_EL1_32BIT, 0 },		/* EL1 is AArch64 */
	{ KVM_CAP_ARM_PMU_V3, 0 },		/* hidden from guests, */
	{ KVM_CAP_ARM_SVE, 0 },			/* as all of these */
	{ KVM_CAP_ARM_PTRAUTH_ADDRESS, 0 },
	{ KVM_CAP_ARM_PTRAUTH_GENERIC, 0 },
	{ KVM_CAP_ARM_MTE, 0 },
	{ KVM_CAP_ARM_INJECT_SERROR_ESR, 0 },
	{ KVM_CAP_STEAL_TIME, 0 },		/* KVM's own services for */
	{ KVM_CAP_PTP_KVM, 0 },			/* its guests */
	{ KVM_CAP_BINARY_STATS_FD, 0 },		/* HVK_VCPU_STATS instead */
	{ KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 0 },	/* the bitmap is all there is */
	{ KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0 },
	{ KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0 },	/* blocks split on a fault */
	{ KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES, 0 },	/* of that chunk */
	{ KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES,
	  BIT(KVM_ARM_FEATURE_ID_RANGE) },
	/* The calls are there (SMCCC filter); KVM 6.12 says 0 as well. */
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
		/* A question about a VM; no VM's interrupts need the number. */
		return vm ? 0 : -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(fixed_caps); i++)
		if (fixed_caps[i].cap == cap)
			return fixed_caps[i].value;
	return 0;
}
