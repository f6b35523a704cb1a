/* SPDX-License-Identifier: GPL-2.0-only */
/* Breadcrumbs: how far a CPU has come in taking EL2, for who looks on. */
#ifndef HVK_EL2_CRUMB_H
#define HVK_EL2_CRUMB_H

#include <linux/types.h>

/* Callbacks of the ladder: crumb with preemption off, fault with all exceptions masked. */
struct hvk_el2_watcher {
	void (*crumb)(u64 stage);
	void (*fault)(void);
};

/* Registers the only watcher, for the life of the module, before EL2 is taken anywhere. */
void hvk_el2_watch(const struct hvk_el2_watcher *watcher);
/*
 * This CPU is about to do that (HVK_CRUMB_*): noted where others find it.
 * Preemption off.
 */
void hvk_el2_crumb(u64 stage);
/* EL2 of this CPU has faulted; everything is masked. May not return. */
void hvk_el2_tell_fault(void);

#endif /* HVK_EL2_CRUMB_H */
