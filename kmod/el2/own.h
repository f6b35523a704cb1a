/* SPDX-License-Identifier: GPL-2.0-only */
/* Who owns EL2: taken on every CPU with the first VM, handed back after the last. */
#ifndef HVK_EL2_OWN_H
#define HVK_EL2_OWN_H

#include <linux/types.h>

/*
 * Makes every hvk_el2_get() fail with -EPERM and this reason, a constant string that stays
 * valid. At load.
 */
void hvk_el2_forbid(const char *why);
/*
 * Counts users, which are VMs: the first get takes EL2 on every CPU, the last put hands
 * it back. Sleep. get returns 0; -EBUSY: KVM has VMs; -EPERM: forbidden, or KVM keeps EL2;
 * -EIO: EL2 did not answer after the take; -ESHUTDOWN; -EINTR: the caller is being killed.
 * Of all but -EINTR hvk_el2_refusal() has the reason.
 */
int hvk_el2_get(void);
void hvk_el2_put(void);
/*
 * To be called after hvk_el2_run() has returned -ENXIO. Interrupts off. -EAGAIN: EL2 of
 * this CPU was taken again, or is held off, start again; -EBUSY: it is KVM's; -EIO: EL2 did
 * not answer after the take.
 */
int hvk_el2_lost(void);
/*
 * After -EBUSY of hvk_el2_lost(): takes EL2 on every CPU again if KVM has no VMs. Sleeps.
 * 0, also if EL2 is held off; -EBUSY: KVM has VMs; -EINTR: the caller is being killed; or
 * as hvk_el2_get().
 */
int hvk_el2_reclaim(void);
/* Whether a suspend or shutdown keeps every vCPU out of its guest. Any context. */
bool hvk_el2_is_held_off(void);
/* Waits for the end of a suspend. 0, -EINTR: a signal, -ESHUTDOWN. Process context. */
int hvk_el2_wait(void);

/* Why no vCPU may enter its guest: the host is about to suspend, or to shut down. */
enum hvk_el2_hold { HVK_HOLD_NONE, HVK_HOLD_SUSPEND, HVK_HOLD_SHUTDOWN };

/*
 * Between hold and unhold EL2 is KVM's or the stub's on every CPU; for a shutdown there
 * is no unhold. Process context.
 */
void hvk_el2_hold(enum hvk_el2_hold why);
void hvk_el2_unhold(void);
/* Whether a CPU that appears has to take EL2, unless held off. Any context. */
bool hvk_el2_is_owning(void);
/*
 * Between begin and end the ladder (bringup/ladder.c) has EL2 for itself: the host does
 * not suspend, no CPU comes or goes. begin sleeps and returns 0; -EBUSY: KVM has VMs, or
 * the host is about to sleep or to shut down; -EINTR: the caller is being killed. On an
 * error there is nothing to end, and of -EBUSY hvk_el2_refusal() has the reason.
 */
int hvk_el2_ladder_begin(void);
void hvk_el2_ladder_end(void);
/*
 * Why EL2 was last refused, and the remedy, in a constant string; empty once the first VM,
 * the ladder, or hvk after KVM has got it. Any context.
 */
const char *hvk_el2_refusal(void);
/* The number of VMs that hold EL2. Any context. */
unsigned int hvk_el2_users(void);
/*
 * For tests: hands EL2 of `cpu` back while VMs run, as if KVM or a loss of power had
 * taken it. Sleeps. 0 or -EINVAL: no such CPU is online.
 */
int hvk_el2_lose(unsigned int cpu);

#endif /* HVK_EL2_OWN_H */
