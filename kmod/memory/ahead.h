/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's pages for memory that a guest is about to touch. */
#ifndef HVK_MEMORY_AHEAD_H
#define HVK_MEMORY_AHEAD_H

struct page;

/*
 * Gets up to nr pages from hva of the current mm on, for writing, each with a reference;
 * the host makes those that it has not yet. Returns how many; 0: not here, or not now,
 * which says nothing of what becomes of the first page alone. In the VMM's process; may
 * sleep for memory, but not for pages that have to be read.
 */
unsigned int hvk_ahead_get(unsigned long hva, unsigned int nr, struct page **pages);

#endif /* HVK_MEMORY_AHEAD_H */
