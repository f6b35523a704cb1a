/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_SCHED_GUESTWORK_H
#define HVK_SCHED_GUESTWORK_H

#include <linux/types.h>

/*
 * Does the work that the kernel wants done before the thread enters a guest. Process
 * context, preemptible. 0 (a guest may be entered), -EINTR (a signal: return to the VMM)
 * or -ERESTARTNOINTR (leave KVM_RUN; the kernel restarts the ioctl by itself).
 */
int hvk_guest_work(void);

#endif /* HVK_SCHED_GUESTWORK_H */
