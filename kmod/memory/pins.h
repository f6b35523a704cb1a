/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pinned guest memory, for host kernels without MMU notifiers (HVK_PINS_MEMORY): such a
 * kernel does not say when it takes a page back, so pinning keeps it from doing so.
 *
 * Each slot has its own pins. All pages of a slot are charged when it is created,
 * against RLIMIT_MEMLOCK of the process (VmPin in /proc/PID/status): so a limit that is
 * too low is reported at once, and not by a guest that ends halfway. A page is pinned
 * when it is first needed, and stays pinned until the slot goes. What the process does
 * to the address meanwhile (munmap(2), MADV_DONTNEED, a new mapping) does not reach the
 * guest.
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
 * Creates the pins of a slot of that many pages and charges them. The memory is that of
 * mm, which is the caller's and outlives the pins. writable: the guest may write.
 * ERR_PTR(-ENOMEM): no memory, or beyond RLIMIT_MEMLOCK without CAP_IPC_LOCK. Sleeps.
 */
struct hvk_pins *hvk_pins_create(struct mm_struct *mm, u64 pages, bool writable);
/*
 * Unpins all pages, which nothing maps any more, returns the charge and frees pins (or
 * NULL). Sleeps.
 */
void hvk_pins_destroy(struct hvk_pins *pins);
/*
 * Unpins all pages, as above, once the memory of the process has gone;
 * hvk_pins_destroy() follows later.
 */
void hvk_pins_drop(struct hvk_pins *pins);
/*
 * Returns the page with this index in the slot, which is at hva of the current mm; it
 * is pinned from now on. Any number of threads may call. ERR_PTR: -EFAULT, -ENOMEM,
 * -EINTR (killed). Sleeps.
 */
struct page *hvk_pins_page(struct hvk_pins *pins, u64 index, unsigned long hva);
/*
 * Pins all pages of HVK_S2_BLOCK_SIZE bytes, from this index on. true: they are
 * physically contiguous, so that a block can map them; false also if one could not be
 * pinned. Sleeps.
 */
bool hvk_pins_block(struct hvk_pins *pins, u64 index, unsigned long hva);
#endif

#endif /* HVK_PINS_H */
