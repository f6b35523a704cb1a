/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_GUESTWORK_H
#define HVK_GUESTWORK_H

/* Preemptible: 0 (a guest may be entered), or -EINTR: back to the VMM. */
int hvk_guest_work(void);

#endif /* HVK_GUESTWORK_H */
