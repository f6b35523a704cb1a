/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory that is pinned, on a host kernel without MMU notifiers: nobody says
 * there when the host takes a page back, so it must not (HVK_PINS_MEMORY).
 *
 * Each slot has its pins. All of its pages are charged when it is made, against
 * RLIMIT_MEMLOCK of the process (VmPin in /proc/PID/status), so that a limit that is
 * too low is told at once and not by a guest that ends halfway. A page is pinned when
 * the guest first touches it, and stays so until the slot goes. What the process does
 * to the address meanwhile (munmap(2), MADV_DONTNEED, a new mapping) does not reach
 * the guest.
 */
#ifndef HVK_PINS_H
#define HVK_PINS_H

#include <linux/err.h>
#include <linux/types.h>

struct hvk_pins;
struct hvk_vm;
struct mm_struct;
struct page;

#ifdef CONFIG_MMU_NOTIFIER
static inline struct hvk_pins *hvk_pins_create(struct mm_struct *mm, u64 pages,
					       bool writable)
{
	return NULL;
}

static inline void hvk_pins_destroy(struct hvk_pins *pins) { }
static inline void hvk_pins_drop(struct hvk_pins *pins) { }

static inline struct page *hvk_pins_page(struct hvk_pins *pins, u64 index,
					 unsigned long hva)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline bool hvk_pins_block(struct hvk_pins *pins, u64 index,
				  unsigned long hva)
{
	return false;
}
#else
/*
 * For a slot of that many pages, in memory of mm, which is the caller's and outlives
 * them. writable: the guest may write. ERR_PTR(-ENOMEM): no memory, or more than
 * RLIMIT_MEMLOCK without CAP_IPC_LOCK. Sleeps.
 */
struct hvk_pins *hvk_pins_create(struct mm_struct *mm, u64 pages, bool writable);
/* Unpins all, and gives the charge back. Nobody maps the pages. NULL will do. */
void hvk_pins_destroy(struct hvk_pins *pins);
/* Unpins all, as above, of a process whose memory has gone; destroy comes later. */
void hvk_pins_drop(struct hvk_pins *pins);
/*
 * The page of that index of the slot, which is at hva of the current mm: pinned from
 * now on. Any number of threads. ERR_PTR: -EFAULT, -ENOMEM, -EINTR (killed). Sleeps.
 */
struct page *hvk_pins_page(struct hvk_pins *pins, u64 index, unsigned long hva);
/*
 * Pins all pages of HVK_S2_BLOCK_SIZE from that one on. true: they lie side by side,
 * so that a block can show them. Sleeps.
 */
bool hvk_pins_block(struct hvk_pins *pins, u64 index, unsigned long hva);
#endif

#endif /* HVK_PINS_H */
