/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM, as all of the module uses it (EL1).
 *
 * Lock order, outermost first:
 *   vcpu->mutex		ioctls of one vCPU, RUN included
 *   vm->lock			creation of vCPUs, devices, the vGIC; settings
 *   vm->io_lock		changes of irqfds, ioeventfds and GSI routes
 *   vm->io_srcu		readers of these; no reader waits for userspace
 *   vm->slots_lock		changes of memory regions
 *   vm->slots_srcu		readers of vm->slots (sleepable)
 *   mmap_lock			taken by the kernel within GUP
 *   channel->lock		an event channel's receiver (spinlock)
 *   an eventfd's wait queue	taken by eventfd_signal() (spinlock); irqfds are
 *				woken with it held, interrupts off
 *   vm->s2.lock		stage-2 tables (spinlock; MMU notifier too)
 *   vgic locks			see vgic.h
 *   vcpu->kick_lock		innermost, raw, interrupts off
 *
 * On PREEMPT_RT a spinlock or rwlock may sleep, so none is taken with interrupts or
 * preemption off, nor under a raw lock. Code that runs in such sections takes only raw
 * locks, each for a bounded number of steps: entry, exit and load of a vCPU (run.c,
 * stay.c, irq/lr.c, vmid.c; the kernel's own irq_desc locks are raw), kicks and wake-ups
 * (rcuwait, kick_process()), hrtimers, which are all HRTIMER_MODE_*_HARD, functions
 * that are called on other CPUs, preemption notifiers.
 *
 * An eventfd is signalled in process context only, at most with channel->lock held.
 * What a guest's EOI means for irqfds is therefore kept in vgic.acked until interrupts
 * are on (hvk_resample_ack()). MMU notifiers take s2.lock under the kernel's page table
 * locks, which are spinlocks as well. The holder of s2.lock may spin until vCPUs leave
 * guest mode; these run with interrupts off and leave it by themselves, so that the
 * priority of the spinning thread does not matter.
 */
#ifndef HVK_CORE_VM_H
#define HVK_CORE_VM_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/srcu.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "base/compat.h"
#include "base/idreg.h"
#include "core/mmio_state.h"
#include "irq/coalesced_state.h"
#include "irq/vgic_state.h"
#include "memory/slot_state.h"
#include "memory/stage2_state.h"
#include "partition/channel_state.h"
#include "time/vtimer_state.h"
#include "trap/smccc_filter_state.h"

struct hvk_el2_vm;
struct hvk_irqfds;
struct hvk_vcpu;
struct mm_struct;

#define HVK_MAX_VCPUS		64

struct hvk_vm {
	refcount_t users;	/* the VM's fd and one for each vCPU and device fd */
	void (*release)(struct hvk_vm *vm);	/* called by the last hvk_vm_put() */
	struct mm_struct *mm;	/* the creator's; holds a reference (mmgrab()) */
	struct mutex lock;	/* creation of vCPUs and devices, settings */
	bool dead;		/* mm gone or vGIC set-up failed: ioctls give -EIO */

	struct mutex slots_lock;	/* changes of slots */
	struct srcu_struct slots_srcu;
	struct hvk_slots __rcu *slots;	/* one of slots_copy[], see slots.c */
	struct hvk_slots slots_copy[2];
	unsigned long slots_gen;	/* counts changes of slots; after each it is new */
	struct xarray slots_by_id;	/* the same slots, by number; slots_lock */
	u64 dirty_manual;	/* KVM_DIRTY_LOG_*; slots_lock */

	struct hvk_s2 s2;
	struct hvk_vgic vgic;
	u32 para_flags;		/* HVK_PARA_*; fixed once there is a vCPU */
	bool has_run;		/* a vCPU has completed first_run(); under lock */
	u64 idreg[HVK_NR_IDREGS];	/* the VM's ID registers, see idvm.h */
	struct hvk_smccc_filter smccc_filter;
	struct hvk_mmio_regions mmio;	/* devices that are in the module */
	struct hvk_channels channels;

	unsigned int nr_vcpus;	/* created; vcpu[0..nr-1] are valid (release/acquire) */
	struct hvk_vcpu *vcpu[HVK_MAX_VCPUS];

	/* The host's count minus the guest's, of CNTVCT and CNTPCT; see counter.c. */
	u64 cntvoff, cntpoff;
	bool counter_offset;	/* set by KVM_ARM_SET_COUNTER_OFFSET */
	u32 timer_intid[HVK_NR_TIMERS];	/* the guest's PPIs; fixed by has_run */
	u32 psci_version;	/* as KVM_REG_ARM_PSCI_VERSION */
	struct hvk_el2_vm *fast;	/* a page that EL2 reads: trap/fast.c */
	bool fast_on;		/* EL2 answers by itself; fixed by has_run */
	u64 std_services;	/* as KVM_REG_ARM_STD_BMAP */
	/* KVM_ARM_VCPU_* bits of all vCPUs, valid if features_chosen; under lock */
	unsigned long features;
	bool features_chosen;
	bool nisv_to_user;	/* KVM_CAP_ARM_NISV_TO_USER was enabled */
	bool system_suspend;	/* KVM_CAP_ARM_SYSTEM_SUSPEND was enabled */
	bool own_halt_poll;	/* halt_poll_ns (KVM_CAP_HALT_POLL) overrides the module's */
	u32 halt_poll_ns;
	int __percpu *last_ran;	/* by CPU: the vCPU that ran there last, see stay.c */

	struct mutex io_lock;	/* changes of ioeventfds, irqfds and vgic.routing */
	struct srcu_struct io_srcu;	/* their readers; no reader waits for userspace */
	struct list_head ioeventfds;
	struct hvk_irqfds *irqfds;
	struct xarray resamplers;	/* by GSI; io_lock, readers io_srcu; resample.c */
	struct hvk_coalesced coalesced;
};

/* The largest number of vCPUs that a VM may have. */
unsigned int hvk_max_vcpus(void);
/* Sets up vm->users with one user, the caller. The last put calls release; process context. */
void hvk_vm_begin(struct hvk_vm *vm, void (*release)(struct hvk_vm *vm));
void hvk_vm_get(struct hvk_vm *vm);
void hvk_vm_put(struct hvk_vm *vm);

static inline unsigned int hvk_nr_vcpus(struct hvk_vm *vm)
{
	/* Acquire: the pointers are visible with the number; pairs with hvk_vcpu_create_fd(). */
	return smp_load_acquire(&vm->nr_vcpus);
}

#endif /* HVK_CORE_VM_H */
