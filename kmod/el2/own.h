/* SPDX-License-Identifier: GPL-2.0-only */
/* Who owns EL2: taken on every CPU with the first VM, handed back after the last. */
#ifndef HVK_EL2_OWN_H
#define HVK_EL2_OWN_H

#include <linux/types.h>

/* From now on every CREATE_VM fails with this reason, a constant string. At load. */
void hvk_el2_forbid(const char *why);
/*
 * Counts users; the first takes EL2 on every CPU. Sleeps. -EBUSY: KVM has VMs;
 * -EINTR: killed.
 */
int hvk_el2_get(void);
void hvk_el2_put(void);
/*
 * What to do after hvk_el2_run() has given -ENXIO. Interrupts off. -EAGAIN (taken
 * again just now, or held off: from the top), -EBUSY (KVM answers on this CPU), -EIO.
 */
int hvk_el2_lost(void);
/*
 * RUN was answered by KVM: takes EL2 again, if KVM has no VMs. 0, -EBUSY, or
 * -EINTR: killed.
 */
int hvk_el2_reclaim(void);
/* Suspend or shutdown: nobody enters a guest. wait: 0, -EINTR, -ESHUTDOWN. */
bool hvk_el2_is_held_off(void);
int hvk_el2_wait(void);

/* Why no vCPU may enter its guest: the host is about to suspend, or to shut down. */
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

#endif /* HVK_EL2_OWN_H */
