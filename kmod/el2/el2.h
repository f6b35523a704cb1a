/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 as the module's files el2*.c share it. Everyone else uses the
 * interface in hvk_host.h.
 */
#ifndef HVK_EL2_H
#define HVK_EL2_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "el2/image/el2_abi.h"
#include "el2/map.h"

struct hvk_el2_hooks;

/* Answers of the probe. */
enum hvk_el2_owner { HVK_OWNER_STUB, HVK_OWNER_KVM, HVK_OWNER_HVK };

/* What EL1 knows of one CPU's EL2. Changed with interrupts off, on that CPU. */
struct hvk_el2_pcpu {
	struct hvk_el2_cpu *cpu;	/* EL2's own structure */
	void *pages;			/* guard page, stack, cpu; one allocation */
	bool handing_back;	/* cpu_pm_enter() below is our own */
};

DECLARE_PER_CPU(struct hvk_el2_pcpu, hvk_el2_pcpu);

/* One CPU's pages: one that EL2 never maps (guard), a stack, the structure. */
#define HVK_EL2_GUARD_PAGE	0
#define HVK_EL2_STACK_PAGE	1
#define HVK_EL2_STRUCT_PAGE	2
#define HVK_EL2_CPU_PAGES	3

/* el2/blob.S: the image, whole pages */
extern const char hvk_el2_blob[], hvk_el2_blob_end[];

/* Entries of the image for SOFT_RESTART: the take, and straight back. */
extern phys_addr_t hvk_el2_take_pa, hvk_el2_bounce_pa;

/*
 * hvc #0 with x0 = fn. Only on a kernel that was started at EL2: elsewhere
 * it is UNDEFINED. Callee contract: x0-x17 are lost.
 */
struct hvk_hvc_result {
	u64 x0, x1;
};

static __always_inline struct hvk_hvc_result
hvk_hvc(u64 fn, u64 a1, u64 a2, u64 a3, u64 a4)
{
	register u64 x0 asm("x0") = fn;
	register u64 x1 asm("x1") = a1;
	register u64 x2 asm("x2") = a2;
	register u64 x3 asm("x3") = a3;
	register u64 x4 asm("x4") = a4;

	asm volatile("hvc	#0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
		     :
		     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		       "x13", "x14", "x15", "x16", "x17", "cc", "memory");
	return (struct hvk_hvc_result){ x0, x1 };
}

/* Preemption off. */
enum hvk_el2_owner hvk_el2_probe(void);

/* --- el2/crumb.c --------------------------------------------------------------- */
/* Who looks on, with preemption off; the second when EL2 has faulted, masked. */
struct hvk_el2_watcher {
	void (*crumb)(u64 stage);
	void (*fault)(void);
};

/* One for the module's life, before EL2 is taken anywhere. */
void hvk_el2_watch(const struct hvk_el2_watcher *watcher);
/*
 * This CPU is about to do that (HVK_CRUMB_*): noted where others find it.
 * Preemption off.
 */
void hvk_el2_crumb(u64 stage);
/* EL2 of this CPU has faulted; everything is masked. May not return. */
void hvk_el2_tell_fault(void);

/* --- el2/pages.c --------------------------------------------------------------- */
/* The image, the CPUs' structures, EL2's tables. 0 or errno. Process context. */
int hvk_el2_pages_init(void);
void hvk_el2_pages_exit(void);
/* Where in the image, for its disassembly; far off if it is not. */
u64 hvk_el2_image_offset(u64 elr);
void __noreturn hvk_el2_panic(struct hvk_el2_cpu *cpu);

/* --- el2/take.c ---------------------------------------------------------------- */
/* Before the first take: see struct hvk_el2_hooks. */
void hvk_el2_set_hooks(const struct hvk_el2_hooks *hooks);
/* CPUs on which KVM did not take EL2 back; each changes its own bit. */
extern struct cpumask hvk_el2_without_kvm;
/* Interrupts off: takes EL2 of this CPU from the stub (or KVM, if allowed). */
int hvk_el2_take_here(bool from_kvm);
/*
 * Interrupts off: SOFT_RESTART of the stub or of KVM, which leaves on the
 * stub's vectors, into the image at `entry`. `cpu` is clean to the PoC. What
 * the image answered in x0.
 */
u64 hvk_el2_soft_restart(phys_addr_t entry, struct hvk_el2_cpu *cpu);
/*
 * Gives EL2 back where it came from; nothing, if it is not ours. Interrupts off, in a
 * thread that is bound to this CPU: the GIC's part in cpu_pm_enter() writes active
 * state back, which an IPI's own would upset. -EIO: EL2 is free now, but KVM, whose
 * it was, did not take it, as it was to.
 */
int hvk_el2_release_here(bool give_to_kvm);
/* The same context: KVM installs itself on the stub. 0, or -EIO: it did not. */
int hvk_el2_give_to_kvm_here(void);

/* --- el2/own.c ----------------------------------------------------------------- */
/* Nobody enters a guest: the host is about to sleep, or to end. */
enum hvk_el2_hold { HVK_HOLD_NONE, HVK_HOLD_SUSPEND, HVK_HOLD_SHUTDOWN };

/*
 * From hold to unhold EL2 is KVM's or the stub's on every CPU; a shutdown has no
 * end. Process context.
 */
void hvk_el2_hold(enum hvk_el2_hold why);
void hvk_el2_unhold(void);
/* Whether a CPU that appears is to take EL2, unless held off. Any context. */
bool hvk_el2_is_owning(void);
/*
 * Between these the ladder (bringup/ladder.c) has EL2 for itself: no suspend, no CPU
 * comes or goes. Sleeps. -EBUSY: KVM has VMs, or the host is about to sleep or
 * to shut down; -EINTR: the caller is being killed.
 */
int hvk_el2_ladder_begin(void);
void hvk_el2_ladder_end(void);
const char *hvk_el2_refusal(void);
/* VMs that hold EL2. */
unsigned int hvk_el2_users(void);
/*
 * For tests: EL2 of this CPU goes back where it came from under running VMs,
 * as when KVM or a loss of power takes it. Sleeps. -EINVAL: no such CPU.
 */
int hvk_el2_lose(unsigned int cpu);

/* --- el2/power.c --------------------------------------------------------------- */
int hvk_el2_power_init(void);
/* No VM is left: EL2 was handed back with the last one. */
void hvk_el2_power_exit(void);

#endif /* HVK_EL2_H */
