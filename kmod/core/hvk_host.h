/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's own structures and the interfaces between its files (EL1).
 *
 * Lock order, outermost first:
 *   vcpu->mutex		ioctls of one vCPU, RUN included
 *   vm->lock			creation of vCPUs, devices, the vGIC; settings
 *   vm->io_lock		changes of irqfds, ioeventfds and GSI routes
 *   vm->io_srcu		readers of these; none waits for userspace
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
 * On PREEMPT_RT a spinlock or rwlock sleeps, so none is taken in a section with
 * interrupts or preemption off, nor under a raw one. What runs in such sections
 * takes raw locks alone, each for a bounded number of steps: entry, exit and
 * load of a vCPU (run.c, stay.c, irq/lr.c, vmid.c; the kernel's own irq_desc locks are
 * raw), kicks and wake-ups (rcuwait, kick_process()), hrtimers, which are all
 * HRTIMER_MODE_*_HARD, functions that are called on other CPUs, preemption
 * notifiers. An eventfd is signalled in process context alone, at most with
 * channel->lock held; what a guest's EOI has for irqfds waits in vgic.acked until
 * interrupts are on (hvk_resample_ack()). s2.lock is taken by MMU notifiers under
 * the kernel's page table locks, which are spinlocks as well. Its holder spins
 * until vCPUs leave guest mode; they are there with interrupts off and come out
 * by themselves, whatever the priority of who spins.
 *
 * The exit contract, for every function that handles an exit: > 0 go on in
 * the guest, 0 to the VMM (the run page is filled), < 0 errno.
 */
#ifndef HVK_HOST_H
#define HVK_HOST_H

#include <linux/kvm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/signal_types.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "base/compat.h"
#include "core/unfinished.h"
#include "el2/image/el2_abi.h"
#include "irq/coalesced.h"
#include "irq/vgic.h"
#include "memory/slot_tree.h"
#include "memory/stage2.h"
#include "partition/channel.h"
#include "partition/para.h"
#include "sched/frame.h"
#include "sched/stay.h"
#include "time/counter.h"
#include "time/vtimer.h"
#include "trap/guestdbg.h"
#include "trap/idvm.h"
#include "trap/insn.h"
#include "trap/smccc_filter.h"
#include "uapi/hvk.h"

#define HVK_MAX_VCPUS		64
#define HVK_MAX_SLOTS		32767
/* KVM's limit; a dirty bitmap then has 256 MiB at most. */
#define HVK_MAX_SLOT_PAGES	(BIT_ULL(31) - 1)
#define HVK_MAX_ROUTES		4096	/* of GSIs: routes.c */

/* Services of DEN0098 and the like that a VM has unless its VMM says less. */
#define HVK_STD_TRNG		BIT_ULL(KVM_REG_ARM_STD_BIT_TRNG_V1_0)
#define HVK_STD_SERVICES	HVK_STD_TRNG

#define HVK_HCR_VSE		BIT_ULL(8)	/* ctx->cfg.hcr: virtual SError pending */

/* An in-kernel answer to a data abort; one currency for all of them. */
struct hvk_mmio {
	u64 ipa;
	u64 data;		/* read: filled in; write: zero-extended */
	u32 len;		/* 1, 2, 4 or 8 bytes */
	bool is_write;
};

struct hvk_irqfds;	/* irqfd.c */

struct hvk_vm {
	refcount_t users;	/* the VM's fd and one for each vCPU and device fd */
	void (*release)(struct hvk_vm *vm);	/* by the last user */
	struct mm_struct *mm;	/* mmgrab'ed: its creator's */
	struct mutex lock;	/* creation of vCPUs and devices, settings */
	bool dead;		/* EL2 lost or the VMM's mm gone: RUN gives -EIO */

	struct mutex slots_lock;	/* changes of slots */
	struct srcu_struct slots_srcu;
	struct hvk_slots __rcu *slots;	/* one of slots_copy[]: slots.c */
	struct hvk_slots slots_copy[2];
	struct xarray slots_by_id;	/* the same, by number; slots_lock */
	u64 dirty_manual;	/* KVM_DIRTY_LOG_*; slots_lock */

	struct hvk_s2 s2;
	struct hvk_vgic vgic;
	u32 para_flags;		/* HVK_PARA_*; before the first vCPU */
	bool has_run;		/* a vCPU did, its first_run() worked; under lock */
	u64 idreg[HVK_NR_IDREGS];	/* see idvm.h */
	struct hvk_smccc_filter smccc_filter;
	struct hvk_channels channels;

	unsigned int nr_vcpus;	/* created; vcpu[0..nr-1] are valid (release/acquire) */
	struct hvk_vcpu *vcpu[HVK_MAX_VCPUS];

	/* How far the guest's counts are behind the host's; counter.c. */
	u64 cntvoff, cntpoff;
	bool counter_offset;	/* set by KVM_ARM_SET_COUNTER_OFFSET */
	u32 timer_intid[HVK_NR_TIMERS];	/* the guest's PPIs; fixed by has_run */
	u32 psci_version;	/* as KVM_REG_ARM_PSCI_VERSION */
	u64 std_services;	/* as KVM_REG_ARM_STD_BMAP */
	/* KVM_ARM_VCPU_* bits of all vCPUs, once one was initialised; lock */
	unsigned long features;
	bool features_chosen;
	bool nisv_to_user;	/* KVM_CAP_ARM_NISV_TO_USER was enabled */
	bool system_suspend;	/* KVM_CAP_ARM_SYSTEM_SUSPEND was enabled */
	bool own_halt_poll;	/* KVM_CAP_HALT_POLL: not the module's parameter */
	u32 halt_poll_ns;
	int __percpu *last_ran;	/* index of the vCPU that last ran on a CPU */

	struct mutex io_lock;	/* changes of ioeventfds, irqfds and vgic.routing */
	struct srcu_struct io_srcu;	/* their readers; none waits for userspace */
	struct list_head ioeventfds;
	struct hvk_irqfds *irqfds;
	struct xarray resamplers;	/* by GSI; io_lock, readers io_srcu; resample.c */
	struct hvk_coalesced coalesced;
};

/* vcpu->requests, bit numbers: to be seen before the next entry. */
#define HVK_REQ_PAUSE		0	/* powered off or to be: look at vcpu->power */
#define HVK_REQ_RESET		1	/* PSCI CPU_ON wrote vcpu->reset */
#define HVK_REQ_SUSPEND		2	/* KVM_MP_STATE_SUSPENDED: look at vcpu->suspended */
#define HVK_REQ_NEW_VMID	3	/* drop the VMID: an invalidation found EL2 gone */
#define HVK_REQ_SYNC		4	/* nothing: the vCPU was outside once */
#define HVK_REQ_TRAP_DIR	5	/* its writes to GICC_DIR have to be seen */

/* vcpu->mode */
enum hvk_vcpu_mode { HVK_OUTSIDE, HVK_IN_GUEST };

struct hvk_vcpu {
	struct hvk_vm *vm;
	unsigned int idx;	/* in vm->vcpu[] */
	unsigned int id;	/* as given to KVM_CREATE_VCPU */
	struct mutex mutex;	/* held by every ioctl, RUN included */

	struct hvk_el2_ctx *ctx;	/* one page, mapped at EL2 */
	phys_addr_t ctx_pa;
	struct kvm_run *run;		/* one page, shared with the VMM: hostile */

	bool initialised;	/* KVM_ARM_VCPU_INIT was done */
	unsigned long features;	/* KVM_ARM_VCPU_* bits */

	bool no_block;		/* the next fault maps a page: see abort.c */
	u32 poll_ns;		/* how long the next WFI polls before it sleeps */
	bool has_run;		/* first_run() was done */
	bool flush_local;	/* this CPU's TLB holds another vCPU's stage 1 */
	enum hvk_vcpu_mode mode;	/* against kicks: see run.c */
	bool sigset_active;	/* KVM_SET_SIGNAL_MASK */
	sigset_t sigset;

	unsigned long requests;
	bool powered_off;	/* PSCI; written under reset_lock */
	bool suspended;		/* by the VMM until it says otherwise; the same */
	struct {		/* CPU_ON's arguments, under reset_lock */
		u64 pc, r0;
		bool be;
	} reset;
	spinlock_t reset_lock;	/* powered_off, suspended, reset */

	int cpu;		/* loaded on this CPU, or -1 */
	raw_spinlock_t kick_lock;
	struct task_struct *task;	/* of the last RUN, referenced; kick_lock */
	struct rcuwait wait;		/* where WFI and PSCI off block */
	/* What ends a wait beside interrupts and requests; any context. Set with its life. */
	bool (*wakes)(struct hvk_vcpu *vcpu);
	struct hvk_stay stay;

	/* An access that the VMM answers with the next RUN (mmio.c). */
	struct {
		bool pending;
		u8 step;	/* which of insn.rt[] is under way */
		u64 ipa;	/* of insn.rt[0]'s part */
		struct hvk_insn insn;
	} mmio;

	struct hvk_unfinished unfinished;
	struct hvk_guestdbg dbg;
	struct hvk_vgic_cpu vgic;
	struct hvk_vtimer timer[HVK_NR_TIMERS];
	struct hvk_para para;
	struct hvk_frame_place place;

	/* Written by the vCPU's thread alone, read by anybody. */
	u64 exits[HVK_STAT_KINDS];
	u64 guest_ticks;	/* of CNTPCT */
};

static inline void hvk_count(struct hvk_vcpu *vcpu, unsigned int kind)
{
	WRITE_ONCE(vcpu->exits[kind], vcpu->exits[kind] + 1);
}

/* --- frame.h, for vCPUs with and without a place in a schedule ------------------ */
static inline bool hvk_frame_has_place(const struct hvk_vcpu *vcpu)
{
	return vcpu->place.sched;
}

static inline int hvk_frame_begin(struct hvk_vcpu *vcpu)
{
	return hvk_frame_has_place(vcpu) ? hvk_place_begin(vcpu) : 0;
}

static inline void hvk_frame_end(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_end(vcpu);
}

static inline int hvk_frame_wait(struct hvk_vcpu *vcpu)
{
	return hvk_frame_has_place(vcpu) ? hvk_place_wait(vcpu) : 1;
}

static inline bool hvk_frame_enter(struct hvk_vcpu *vcpu)
{
	return !hvk_frame_has_place(vcpu) || hvk_place_enter(vcpu);
}

static inline void hvk_frame_left(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_left(vcpu);
}

/* Its guest waits, yields or uses an event. */
static inline void hvk_frame_started(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_started(vcpu);
}

static inline void hvk_frame_idle(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_idle(vcpu, false);
}

/* YIELD: gives up the rest of the window. false: the vCPU has none. */
static inline bool hvk_frame_yield(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_idle(vcpu, true);
	return hvk_frame_has_place(vcpu);
}

/* --- register access by exit handlers ------------------------------------ */

static inline u64 hvk_get_x(const struct hvk_vcpu *vcpu, unsigned int r)
{
	return r == 31 ? 0 : vcpu->ctx->x[r];
}

static inline void hvk_set_x(struct hvk_vcpu *vcpu, unsigned int r, u64 val)
{
	if (r != 31)
		vcpu->ctx->x[r] = val;
}

/* --- caps.c ---------------------------------------------------------------- */
/* KVM_CHECK_EXTENSION, on /dev/hvk (vm is NULL) and on a VM. */
long hvk_dev_check_extension(struct hvk_vm *vm, unsigned long cap);

/* --- vm.c: VM fd and lifetime; slots.c: regions ------------------------------ */
/* How many vCPUs one VM may have. */
unsigned int hvk_max_vcpus(void);
int hvk_vm_create_fd(unsigned long type);
/* One user, the caller. The last to go calls release, in process context. */
void hvk_vm_begin(struct hvk_vm *vm, void (*release)(struct hvk_vm *vm));
void hvk_vm_get(struct hvk_vm *vm);
void hvk_vm_put(struct hvk_vm *vm);
/* The slot that holds ipa, or NULL; under slots_srcu. */
const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa);
/* dirty.c: marks the 4 KiB page at ipa dirty if its slot logs; any context. */
void hvk_mark_dirty(const struct hvk_slot *slot, u64 ipa);
/* The vCPU with these MPIDR affinity bits, or NULL. */
struct hvk_vcpu *hvk_vcpu_by_mpidr(struct hvk_vm *vm, u64 mpidr);

static inline unsigned int hvk_nr_vcpus(struct hvk_vm *vm)
{
	/* With the number come the pointers. */
	return smp_load_acquire(&vm->nr_vcpus);
}

/* --- vcpu.c ------------------------------------------------------------------ */
int hvk_vcpu_create_fd(struct hvk_vm *vm, unsigned long id);
void hvk_vcpu_destroy(struct hvk_vcpu *vcpu);
/*
 * Makes the vCPU look at requests, interrupts and timers soon: wakes it if it
 * blocks, ends guest mode if it runs. Any context, interrupts on or off.
 */
void hvk_vcpu_kick(struct hvk_vcpu *vcpu);

static inline void hvk_request(struct hvk_vcpu *vcpu, int req)
{
	set_bit(req, &vcpu->requests);
	hvk_vcpu_kick(vcpu);
}

/*
 * Request all vCPUs but `except` (or NULL) and wait until none of them is in
 * the guest any more with the request unseen. Process context or notifier;
 * never with interrupts off.
 */
void hvk_kick_all_sync(struct hvk_vm *vm, int req, struct hvk_vcpu *except);
/* WFI: blocks until an interrupt is pending, a request or a signal. */
void hvk_vcpu_block(struct hvk_vcpu *vcpu);
/* Registers as the architecture's reset leaves them (features kept). */
void hvk_vcpu_reset(struct hvk_vcpu *vcpu);

/* --- exit.c, mmio.c, sysreg.c, psci.c, inject.c, onereg.c ---------------------- */
/* ESR is in ctx->exit.esr; interrupts and preemption on; slots_srcu not held. */
int hvk_handle_exit(struct hvk_vcpu *vcpu);
/*
 * Data abort outside of all slots, or a write to a read-only one. What the
 * syndrome does not describe is decoded for devices; for memory it is KVM's
 * answer (NISV or -ENOSYS), which its users rely on.
 */
int hvk_mmio_abort(struct hvk_vcpu *vcpu, u64 ipa, bool read_only);
/*
 * At the start of RUN: completes an access that went to the VMM. Exit
 * contract: 0 if its second half (of a register pair) goes there as well.
 */
int hvk_mmio_finish(struct hvk_vcpu *vcpu);
/* PC += 4 (or 2), PSTATE.SS, BTYPE and IT handled (DDI 0487 D2.12). */
void hvk_skip_insn(struct hvk_vcpu *vcpu);
int hvk_sysreg_trap(struct hvk_vcpu *vcpu);
void hvk_sysreg_reset(struct hvk_vcpu *vcpu);
/* HVC, SMC: PSCI and SMCCC. */
int hvk_smccc_call(struct hvk_vcpu *vcpu);
void hvk_inject_undef(struct hvk_vcpu *vcpu);
void hvk_inject_dabt(struct hvk_vcpu *vcpu, u64 va);
void hvk_inject_iabt(struct hvk_vcpu *vcpu, u64 va);
void hvk_inject_serror(struct hvk_vcpu *vcpu);
int hvk_onereg_get(struct hvk_vcpu *vcpu, const struct kvm_one_reg *reg);
int hvk_onereg_set(struct hvk_vcpu *vcpu, const struct kvm_one_reg *reg);
int hvk_onereg_list(struct hvk_vcpu *vcpu, struct kvm_reg_list __user *list);

/* --- eventfd.c ------------------------------------------------------------- */
int hvk_ioeventfd(struct hvk_vm *vm, const struct kvm_ioeventfd *args);
int hvk_irqfd(struct hvk_vm *vm, const struct kvm_irqfd *args);
/* true if an ioeventfd took the write; any non-atomic context. */
bool hvk_ioeventfd_write(struct hvk_vm *vm, const struct hvk_mmio *mmio);
/* A VM is created. 0 or -ENOMEM. */
int hvk_eventfd_init(struct hvk_vm *vm);
/* The VM's file is closed: ioeventfds and irqfds go. */
void hvk_eventfd_release(struct hvk_vm *vm);
/* After that, with the VM. */
void hvk_eventfd_destroy(struct hvk_vm *vm);

/* --- el2.c: taking, keeping and handing back EL2; the call into it ------------- */
/*
 * What has to follow when EL2 of a CPU becomes ours, and ahead of when it no longer
 * is. On that CPU, interrupts off. kvm: KVM believes that it is installed here.
 */
struct hvk_el2_hooks {
	void (*up)(void);
	void (*down)(bool kvm);
};

int hvk_el2_init(const struct hvk_el2_hooks *hooks);
void hvk_el2_exit(void);
/* Every CREATE_VM is refused with this reason, a constant. At load. */
void hvk_el2_forbid(const char *why);
/*
 * Counts users; the first takes EL2 on every CPU. Sleeps. -EBUSY: KVM has VMs;
 * -EINTR: killed.
 */
int hvk_el2_get(void);
void hvk_el2_put(void);
/*
 * Maps or unmaps kernel pages at EL2, read-write, VA = PA. gfp is for tables,
 * which go with the last page that needs them. Process context.
 */
int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp);
void hvk_el2_unmap(phys_addr_t pa, size_t size);
/*
 * Enters the guest whose context is at ctx. Interrupts off. HVK_EXIT_* (with
 * HVK_EXIT_F_SERROR), or -ENXIO: EL2 here is not ours.
 */
int hvk_el2_run(phys_addr_t ctx);
/* That answer without the SError that may have come beside the reason. */
static inline int hvk_exit_reason(int exit)
{
	return exit < 0 ? exit : exit & ~HVK_EXIT_F_SERROR;
}

/*
 * What to do then. Interrupts off. -EAGAIN (taken again just now, or held off:
 * from the top), -EBUSY (KVM answers on this CPU), -EIO.
 */
int hvk_el2_lost(void);
/*
 * TLB calls, with the VM's VTTBR_EL2 and VTCR_EL2: 0, or -ENXIO if EL2 here is
 * not ours. Preemption off.
 */
int hvk_el2_tlbi_ipa(u64 vttbr, u64 vtcr, u64 ipa);
int hvk_el2_tlbi_vmid(u64 vttbr, u64 vtcr);
int hvk_el2_tlbi_local(u64 vttbr, u64 vtcr);
int hvk_el2_tlbi_all(void);
/*
 * RUN was answered by KVM: takes EL2 again, if KVM has no VMs. 0, -EBUSY, or
 * -EINTR: killed.
 */
int hvk_el2_reclaim(void);
/* Suspend or shutdown: nobody enters a guest. wait: 0, -EINTR, -ESHUTDOWN. */
bool hvk_el2_is_held_off(void);
int hvk_el2_wait(void);
/* Fills el2_owner and refusal. */
void hvk_el2_host_info(struct hvk_host_info *info);

/* --- host.c: what was found at load; constant afterwards ------------------- */
struct hvk_host {
	unsigned int vmid_bits;		/* 8 or 16 */
	unsigned int ipa_bits;		/* largest IPA space offered, <= 48 */
	unsigned int pa_bits;		/* of ID_AA64MMFR0_EL1 */
	unsigned int gic_version;	/* 2 */
	void __iomem *gich;		/* GICv2: virtual interface control */
	phys_addr_t gicv;		/* GICv2: virtual CPU interface */
	size_t gicv_size;
	unsigned int nr_lr;
	int vtimer_irq, maint_irq;	/* Linux IRQ numbers */
	u32 vtimer_intid, maint_intid;
	u32 cntfrq;			/* Hz */
	u64 mitigations;		/* HVK_MITIG_* */
};

extern struct hvk_host hvk_host;

/* Fills hvk_host, or says in the log why this host cannot run guests. */
int hvk_host_probe(void);
void hvk_host_exit(void);
/*
 * Of the CPU that asks; preemption off. HVK_EL2_F_*, and turns of the
 * branch-history loop.
 */
u64 hvk_host_el2_flags(void);
u64 hvk_host_bhb_loops(void);
/* Errata that any CPU so far has: HVK_EL2_F_*. Any context. */
u64 hvk_host_errata(void);

#endif /* HVK_HOST_H */
