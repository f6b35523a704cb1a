// SPDX-License-Identifier: GPL-2.0-only
/* The pinning of guest memory, built for the machine that tests, on pins_bench.h's bench. */
#undef CONFIG_MMU_NOTIFIER

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "pins_bench.h"

/* Within expressions too. */
#undef BUG_ON
#define BUG_ON(cond)	((cond) ? abort() : (void)0)

/* --- what the kernel does for it -------------------------------------------------- */

struct page {
	int pins;
	bool dirty;
};

struct mm_struct {
	atomic64_t pinned_vm;
};

#define FIRST_PFN	0x40000	/* that no frame is 0 */

static struct page frames[PINS_BENCH_FRAMES];
static unsigned int nr_ram;
static struct {
	unsigned int frame;
	enum pins_bench_right right;
} pages[PINS_BENCH_PAGES];
static struct mm_struct mm;
static u64 memlock;
static bool may_lock_more;
static int failure;
static struct {
	struct hvk_pins *pins;
	u64 index;
	unsigned int frame;
} race;

#define RLIMIT_MEMLOCK		8
#define FOLL_WRITE		1u
#define FOLL_LONGTERM		2u
#define rlimit(which)		(BUG_ON((which) != RLIMIT_MEMLOCK), memlock)
#define capable(cap)		(BUG_ON((cap) != CAP_IPC_LOCK), may_lock_more)
#define page_to_pfn(page)	((unsigned long)((page) - frames) + FIRST_PFN)
#define pfn_is_map_memory(pfn)	((pfn) - FIRST_PFN < nr_ram)

static int pin_user_pages_fast(unsigned long hva, int nr, unsigned int flags,
			       struct page **page);

static void unpin_user_page(struct page *page)
{
	BUG_ON(!page->pins);
	page->pins--;
}

static void unpin_user_pages_dirty_lock(struct page **list, unsigned long nr,
					bool dirty)
{
	for (; nr; nr--, list++) {
		(*list)->dirty |= dirty;
		unpin_user_page(*list);
	}
}

#include "../../kmod/memory/pins.c"

static int pin_user_pages_fast(unsigned long hva, int nr, unsigned int flags,
			       struct page **page)
{
	unsigned long n = hva >> PAGE_SHIFT;
	enum pins_bench_right need = flags & FOLL_WRITE ? PINS_BENCH_WRITE :
							  PINS_BENCH_READ;

	/* Else it could be given back to the host, or moved. */
	BUG_ON(!(flags & FOLL_LONGTERM) || nr != 1 || n >= PINS_BENCH_PAGES);
	if (race.pins) {
		struct hvk_pins *pins = race.pins;
		unsigned int mine = pages[n].frame;

		race.pins = NULL;
		pages[n].frame = race.frame;
		BUG_ON(IS_ERR(hvk_pins_page(pins, race.index, hva)));
		pages[n].frame = mine;
	}
	if (failure) {
		int err = failure;

		failure = 0;
		return err;
	}
	if (pages[n].right < need)
		return -EFAULT;
	*page = &frames[pages[n].frame];
	(*page)->pins++;
	return 1;
}

/* --- the bench -------------------------------------------------------------------- */

void pins_bench_open(uint64_t limit, bool may_exceed)
{
	memset(frames, 0, sizeof(frames));
	memset(pages, 0, sizeof(pages));
	atomic64_set(&mm.pinned_vm, 0);
	nr_ram = PINS_BENCH_FRAMES;
	memlock = limit;
	may_lock_more = may_exceed;
	failure = 0;
	race.pins = NULL;
}

void pins_bench_map(unsigned int page, unsigned int frame,
		    enum pins_bench_right right)
{
	pages[page].frame = frame;
	pages[page].right = right;
}

void pins_bench_ram(unsigned int nr)
{
	nr_ram = nr;
}

void pins_bench_race(struct hvk_pins *pins, uint64_t index, unsigned int frame)
{
	race.pins = pins;
	race.index = index;
	race.frame = frame;
}

void pins_bench_fail(int err)
{
	failure = err;
}

int pins_bench_pinned(unsigned int frame)
{
	return frames[frame].pins;
}

bool pins_bench_dirty(unsigned int frame)
{
	return frames[frame].dirty;
}

int pins_bench_all_pinned(void)
{
	unsigned int i;
	int sum = 0;

	for (i = 0; i < PINS_BENCH_FRAMES; i++)
		sum += frames[i].pins;
	return sum;
}

int64_t pins_bench_charged(void)
{
	return atomic64_read(&mm.pinned_vm);
}

struct hvk_pins *pins_bench_create(uint64_t nr, bool writable, int *err)
{
	struct hvk_pins *pins = hvk_pins_create(&mm, nr, writable);

	*err = IS_ERR(pins) ? PTR_ERR(pins) : 0;
	return *err ? NULL : pins;
}

void pins_bench_destroy(struct hvk_pins *pins)
{
	hvk_pins_destroy(pins);
}

void pins_bench_drop(struct hvk_pins *pins)
{
	hvk_pins_drop(pins);
}

int pins_bench_page(struct hvk_pins *pins, uint64_t index, unsigned int page)
{
	struct page *got = hvk_pins_page(pins, index, (unsigned long)page << PAGE_SHIFT);

	return IS_ERR(got) ? (int)PTR_ERR(got) : (int)(got - frames);
}

bool pins_bench_block(struct hvk_pins *pins, uint64_t index, unsigned int page)
{
	return hvk_pins_block(pins, index, (unsigned long)page << PAGE_SHIFT);
}
