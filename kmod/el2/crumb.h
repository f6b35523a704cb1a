/* SPDX-License-Identifier: GPL-2.0-only */
/* Breadcrumbs: how far a CPU has got in taking, using or releasing EL2. */
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
 * Records that this CPU is about to do `stage` (HVK_CRUMB_*), for other CPUs to read.
 * Preemption off.
 */
void hvk_el2_crumb(u64 stage);
/* Tells the watcher of a fault of this CPU's EL2. All exceptions masked. May not return. */
void hvk_el2_tell_fault(void);

#endif /* HVK_EL2_CRUMB_H */
