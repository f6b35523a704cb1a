/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_SCHED_GUESTWORK_H
#define HVK_SCHED_GUESTWORK_H

#include <linux/types.h>

/*
 * Preemptible: 0 (a guest may be entered), -EINTR (a signal: back to the VMM), or
 * -ERESTARTNOINTR: out of KVM_RUN, which the kernel then begins anew.
 */
int hvk_guest_work(void);

#endif /* HVK_SCHED_GUESTWORK_H */
