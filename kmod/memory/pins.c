// SPDX-License-Identifier: GPL-2.0-only
/* Pinned guest memory: see pins.h (EL1, process context). */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "memory/pins.h"
#include "memory/table.h"

/* Pages of one chunk: its table of page pointers fills one page. */
#define CHUNK_PAGES	(PAGE_SIZE / sizeof(struct page *))
#define BLOCK_PAGES	(HVK_S2_BLOCK_SIZE / HVK_S2_PAGE_SIZE)

struct hvk_pins {
	struct mm_struct *mm;	/* whose pinned_vm is charged */
	u64 charged;		/* pages */
	bool writable;
	/*
	 * Chunks: tables of CHUNK_PAGES pointers, each NULL or to a pinned page. Chunks
	 * and pages are only added until hvk_pins_drop().
	 */
	struct xarray chunks;
};

/* --- the charge -------------------------------------------------------------- */

static int charge(struct mm_struct *mm, u64 pages)
{
	u64 limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	u64 all = atomic64_add_return(pages, &mm->pinned_vm);

	if (all <= limit || capable(CAP_IPC_LOCK))
		return 0;
	atomic64_sub(pages, &mm->pinned_vm);
	return -ENOMEM;
}

struct hvk_pins *hvk_pins_create(struct mm_struct *mm, u64 pages, bool writable)
{
	struct hvk_pins *pins;
	int err;

	pins = kzalloc(sizeof(*pins), GFP_KERNEL_ACCOUNT);
	if (!pins)
		return ERR_PTR(-ENOMEM);
	err = charge(mm, pages);
	if (err) {
		kfree(pins);
		return ERR_PTR(err);
	}
	pins->mm = mm;
	pins->charged = pages;
	pins->writable = writable;
	xa_init(&pins->chunks);
	return pins;
}

void hvk_pins_drop(struct hvk_pins *pins)
{
	struct page **chunk;
	unsigned long at;

	xa_for_each(&pins->chunks, at, chunk) {
		unsigned int i, n = 0;

		for (i = 0; i < CHUNK_PAGES; i++)
			if (chunk[i])
				chunk[n++] = chunk[i];
		/* Marks the pages dirty: the host did not notice the guest's writes. */
		unpin_user_pages_dirty_lock(chunk, n, pins->writable);
		xa_erase(&pins->chunks, at);
		free_page((unsigned long)chunk);
		cond_resched();
	}
}

void hvk_pins_destroy(struct hvk_pins *pins)
{
	if (!pins)
		return;
	hvk_pins_drop(pins);
	xa_destroy(&pins->chunks);
	atomic64_sub(pins->charged, &pins->mm->pinned_vm);
	kfree(pins);
}

/* --- pages -------------------------------------------------------------------- */

/* The chunk's entry for the page with this index, or NULL if the chunk cannot be allocated. */
static struct page **place_of(struct hvk_pins *pins, u64 index)
{
	unsigned long at = index / CHUNK_PAGES;
	struct page **chunk, **other;

	chunk = xa_load(&pins->chunks, at);
	if (!chunk) {
		chunk = (struct page **)__get_free_page(GFP_KERNEL_ACCOUNT |
							__GFP_ZERO);
		if (!chunk)
			return NULL;
		other = xa_cmpxchg(&pins->chunks, at, NULL, chunk,
				   GFP_KERNEL_ACCOUNT);
		if (other) {	/* another thread was first, or an error */
			free_page((unsigned long)chunk);
			if (xa_is_err(other))
				return NULL;
			chunk = other;
		}
	}
	return &chunk[index % CHUNK_PAGES];
}

/*
 * Pins the page for writing wherever the process may write, even if the guest only
 * reads: of a page that was pinned for reading the process could get a copy when it
 * writes (copy-on-write), and the guest would keep the old page. Memory that the
 * process can only read is accepted for read-only slots alone.
 */
static int pin(const struct hvk_pins *pins, unsigned long hva,
	       struct page **page)
{
	int n;

	n = pin_user_pages_fast(hva, 1, FOLL_LONGTERM | FOLL_WRITE, page);
	if (n == -EFAULT && !pins->writable)
		n = pin_user_pages_fast(hva, 1, FOLL_LONGTERM, page);
	if (n != 1)
		return n < 0 ? n : -EFAULT;
	/* Memory that the kernel does not map cannot be cleaned to the PoC: refuse it. */
	if (!pfn_is_map_memory(page_to_pfn(*page))) {
		unpin_user_page(*page);
		return -EFAULT;
	}
	return 0;
}

struct page *hvk_pins_page(struct hvk_pins *pins, u64 index, unsigned long hva)
{
	struct page **place, *page, *other;
	int err;

	place = place_of(pins, index);
	if (!place)
		return ERR_PTR(-ENOMEM);
	page = READ_ONCE(*place);
	if (page)
		return page;
	/* pin() may wait for userspace (userfaultfd), so no lock is held. */
	err = pin(pins, hva, &page);
	if (err)
		return ERR_PTR(err);
	other = cmpxchg(place, NULL, page);
	if (!other)
		return page;
	/* Another thread pinned a page here first: the guest gets that one. */
	unpin_user_page(page);
	return other;
}

bool hvk_pins_block(struct hvk_pins *pins, u64 index, unsigned long hva)
{
	unsigned long first = 0;
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++) {
		struct page *page;

		page = hvk_pins_page(pins, index + i, hva + i * PAGE_SIZE);
		if (IS_ERR(page))
			return false;
		if (!i)
			first = page_to_pfn(page);
		if (page_to_pfn(page) != first + i)
			return false;
	}
	return true;
}
