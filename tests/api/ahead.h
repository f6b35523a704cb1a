/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ahead.c's tests share: a VM, memory of the VMM's process, and what the process has
 * of it.
 */
#ifndef HVK_TESTS_API_AHEAD_H
#define HVK_TESTS_API_AHEAD_H

#include "suite.h"

#define PAGE	4096ull
#define RAM	0x40000000ull	/* where slot 1 is */
#define PAGES	256u
#define SIZE	(PAGES * PAGE)

/* What a test is given: a VM, and memory that nobody has touched and no slot has. */
extern struct vm vm;
extern char *mem;

void slot(char *memory, unsigned int flags, unsigned int pages);
/* The guest stores page + 1 to a page of the slot. */
bool store(unsigned int page);
/* What /proc/self/pagemap has of memory. */
void entries(const char *memory, unsigned int pages, uint64_t *found);
/* Pages that the process has of memory, from its first one on; up to PAGES. */
unsigned int present(const char *memory, unsigned int pages);
/* Touches pages one after the other; each time only these are there. */
bool only_touched(const char *memory, unsigned int pages);

/* ahead_host.c: what the host does to memory, or has of it */
bool taken_back(void);
bool taken_back_in_a_race(void);
bool zero_pages(void);
bool a_childs_pages(void);
bool merged_pages(void);
bool misaligned(void);
/* ahead_limits.c: who must hear of each page, or pays for it */
bool fetched(void);
bool write_protected(void);
bool limited(void);
bool limited_above(void);
bool throttled(void);
bool hardly_limited(void);

#endif /* HVK_TESTS_API_AHEAD_H */
