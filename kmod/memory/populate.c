// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping guest memory in stage-2 (EL1, in the VMM's process). Guest memory is the
 * VMM's own memory; its pages are taken from the host as the guest touches them, or ahead
 * of that: by HVK_PREFAULT, and a few at once for a guest that goes through its memory
 * page by page (streak.h).
 *
 * A page is held only while it is being mapped; after that the MMU notifier keeps the
 * mapping true (memory/notifier.c). A page is mapped writable only if the host gave it
 * for writing; it is then marked dirty before it is released. On a host without MMU
 * notifiers the slot keeps its pages pinned instead (pins.c).
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>

#include "base/compat.h"
#include "core/vm.h"
#include "memory/ahead.h"
#include "memory/dirty.h"
#include "memory/hostmap.h"
#include "memory/inval.h"
#include "memory/pins.h"
#include "memory/populate.h"
#include "memory/slot.h"
#include "memory/stage2.h"
#include "memory/streak.h"
#include "uapi/hvk.h"

/*
 * A host page with a reference held, those ahead of it, and how they may be mapped. What
 * is ahead may be left out.
 */
struct host_pages {
	unsigned int nr;	/* at least 1; 1 if level is a block's */
	bool writable;
	unsigned int level;	/* of the leaf that may map the first page */
	struct page *page[HVK_STREAK_MAX];
};

/* --- the host's page --------------------------------------------------------- */

/* Whether a 2 MiB block around ipa can map the memory around `page`, which is at hva. */
static bool block_fits(const struct hvk_slot *slot, u64 ipa,
		       struct page *page, unsigned long hva)
{
	u64 start = ipa & ~(HVK_S2_BLOCK_SIZE - 1);
	struct folio *folio = page_folio(page);

	/* Dirty logging works in pages. */
	if (slot->dirty)
		return false;
	if ((slot->ipa ^ slot->hva) & (HVK_S2_BLOCK_SIZE - 1))
		return false;
	if (start < slot->ipa ||
	    start + HVK_S2_BLOCK_SIZE > slot->ipa + slot->size)
		return false;
	/*
	 * A block is cleaned through the kernel's own mapping, with a reference to one
	 * page only: that reference has to keep the whole block.
	 */
	return folio_size(folio) >= HVK_S2_BLOCK_SIZE &&
	       !((page_to_phys(page) ^ hva) & (HVK_S2_BLOCK_SIZE - 1));
}

/*
 * Gets up to nr pages from hva of the current mm on, with references; may sleep. Pages that
 * the host maps writable already are taken as they are, also for a read, which saves the
 * fault of a later write, and also ahead: no page is made by that. 0 or errno, for the
 * first page; -EINTR: a signal ended the wait for a page that might never come
 * (userfaultfd).
 */
static int get_pages(const struct hvk_slot *slot, unsigned long hva,
		     bool write, unsigned int nr, struct host_pages *hp)
{
	bool may_write = !(slot->flags & KVM_MEM_READONLY);
	long n = 0;

	/* With dirty logging only a write makes a page writable. */
	hp->writable = write || (may_write && !slot->dirty);
	if (hp->writable)
		n = get_user_pages_fast_only(hva, nr, FOLL_WRITE, hp->page);
	if (n < 1) {
		hp->writable = write;
		/* What a read finds absent is a page of zeroes, which a write replaces. */
		n = write && nr > 1 ? hvk_ahead_get(hva, nr, hp->page) : 0;
	}
	if (n < 1)
		n = get_user_pages_unlocked(hva, 1, hp->page,
					    HVK_FOLL_INTERRUPTIBLE |
					    (write ? FOLL_WRITE : 0));
	if (n < 1)
		return n < 0 ? n : -EFAULT;
	hp->nr = n;
	return 0;
}

/* Gives back the pages from the one with this index on. */
static noinline void drop_pages(struct host_pages *hp, unsigned int from)
{
	while (hp->nr > from)
		put_page(hp->page[--hp->nr]);
}

/* The host may drop it as soon as it needs memory, unless somebody writes to it. */
static bool lazily_free(struct folio *folio)
{
	return folio_test_anon(folio) && !folio_test_swapbacked(folio);
}

/* As get_pages(); and finds out whether a block can map the first page. */
static int get_host_pages(const struct hvk_slot *slot, unsigned long hva,
			  u64 ipa, unsigned int how, unsigned int nr,
			  struct host_pages *hp)
{
	unsigned int i;
	int ret;

	hp->level = HVK_S2_PAGE_LEVEL;
	ret = get_pages(slot, hva, how & HVK_POPULATE_WRITE, nr, hp);
	if (ret)
		return ret;
	/*
	 * Memory that the kernel does not map cannot be cleaned to the PoC: refuse it. Ahead
	 * leave out what the VMM does not need any more (MADV_FREE): it would be kept.
	 */
	for (i = 0; i < hp->nr; i++)
		if (!pfn_is_map_memory(page_to_pfn(hp->page[i])) ||
		    (i && lazily_free(page_folio(hp->page[i]))))
			drop_pages(hp, i);
	if (!hp->nr)
		return -EFAULT;
	if (!(how & HVK_POPULATE_PAGE) && block_fits(slot, ipa, hp->page[0], hva) &&
	    hvk_hostmap_block(hva)) {
		hp->level = HVK_S2_BLOCK_LEVEL;
		if (hp->nr > 1)
			drop_pages(hp, 1);
	}
	return 0;
}

static void put_host_pages(const struct host_pages *hp, bool mapped)
{
	unsigned int i;

	for (i = 0; i < hp->nr; i++) {
		struct folio *folio = page_folio(hp->page[i]);

		/*
		 * The guest may write from now on, and the host will not notice. So the
		 * page is marked dirty here: after it was mapped, and before the
		 * reference goes, or reclaim could drop the page as clean in between.
		 */
		if (mapped && hp->writable && !folio_test_dirty(folio)) {
			folio_lock(folio);
			folio_mark_dirty(folio);
			folio_unlock(folio);
		}
		put_page(hp->page[i]);
	}
}

/*
 * As get_host_pages(), where guest memory is pinned: one page. HVK_POPULATE_PAGE: no
 * block, all pages of which would have to be pinned.
 */
static int get_pinned_page(const struct hvk_slot *slot, unsigned long hva,
			   u64 ipa, unsigned int how, struct host_pages *hp)
{
	u64 start = ipa & ~(HVK_S2_BLOCK_SIZE - 1);

	hp->nr = 1;
	hp->level = HVK_S2_PAGE_LEVEL;
	hp->writable = (how & HVK_POPULATE_WRITE) ||
		       (!(slot->flags & KVM_MEM_READONLY) && !slot->dirty);
	hp->page[0] = hvk_pins_page(slot->pins, (ipa - slot->ipa) >> PAGE_SHIFT,
				    hva);
	if (IS_ERR(hp->page[0]))
		return PTR_ERR(hp->page[0]);
	if (!(how & HVK_POPULATE_PAGE) && block_fits(slot, ipa, hp->page[0], hva) &&
	    hvk_pins_block(slot->pins, (start - slot->ipa) >> PAGE_SHIFT,
			   hva - (ipa - start)))
		hp->level = HVK_S2_BLOCK_LEVEL;
	return 0;
}

/* --- mapping the pages --------------------------------------------------------- */

/* Whether the host may have taken back a page in [hva, end) since mn_seq was `seq`. */
static bool invalidated(const struct hvk_s2 *s2, unsigned long hva,
			unsigned long end, unsigned long seq)
{
	lockdep_assert_held_write(&s2->lock);
	if (s2->mn_active && end > s2->mn_start && hva < s2->mn_end)
		return true;
	return s2->mn_seq != seq;
}

/*
 * Maps what lies ahead of the page at ipa, which is mapped: never executable, as that
 * would cost the maintenance of instruction caches.
 */
static void map_ahead(struct hvk_s2 *s2, u64 ipa, const struct host_pages *hp)
{
	u64 pa[HVK_STREAK_MAX - 1];
	unsigned int i;

	for (i = 1; i < hp->nr; i++)
		pa[i - 1] = page_to_phys(hp->page[i]);
	hvk_s2_table_fill(&s2->table, ipa + PAGE_SIZE, pa, hp->nr - 1,
			  hp->writable ? HVK_S2_WRITE : 0);
}

static int map_host_pages(struct hvk_s2 *s2, u64 ipa, unsigned long hva,
			  const struct host_pages *hp, bool exec,
			  unsigned long seq)
{
	u64 size = hp->level == HVK_S2_BLOCK_LEVEL ? HVK_S2_BLOCK_SIZE :
						     HVK_S2_PAGE_SIZE;
	unsigned long end = hva + hp->nr * PAGE_SIZE;
	u64 pa = page_to_phys(hp->page[0]) & ~(size - 1);
	unsigned int prot = 0;
	bool again;
	int ret;

	if (hp->writable)
		prot |= HVK_S2_WRITE;
	if (exec)
		prot |= HVK_S2_EXEC;
	/* Cleaning one page is a step that the lock allows; several are cleaned before it. */
	if (hp->nr > 1) {
		hvk_s2_clean_pages(hp->page, hp->nr);
		prot |= HVK_S2_CLEANED;
	}

	write_lock(&s2->lock);
	do {
		again = false;
		if (s2->released)
			ret = -EIO;
		else if (invalidated(s2, hva, hva + PAGE_SIZE, seq))
			ret = -EAGAIN;
		else
			ret = hvk_s2_table_map(&s2->table, ipa & ~(size - 1),
					       pa, hp->level, prot);
		if (ret == -ENOMEM)
			ret = hvk_s2_fill_stash(s2, &again);
		if (ret == -EUCLEAN) {
			write_unlock(&s2->lock);
			hvk_s2_clean_block(pa);
			write_lock(&s2->lock);
			prot |= HVK_S2_CLEANED;
			again = true;
			ret = 0;
		}
	} while (again && !ret);
	/* What the host takes back ahead is left out. */
	if (!ret && hp->nr > 1 && !invalidated(s2, hva, end, seq))
		map_ahead(s2, ipa, hp);
	write_unlock(&s2->lock);
	return ret;
}

/*
 * Gets the page at ipa, and up to nr - 1 pages ahead of it, from the host and maps them;
 * all lie in `slot` and in one table of stage-2; slots_srcu is held. *size is what was
 * brought in: bytes from ipa on. *seq is mn_seq as it was before the host was asked. 0,
 * an errno, or -EAGAIN: the host is taking a page back, or has done so; then the caller
 * leaves slots_srcu and calls hvk_s2_wait() with *seq before it retries.
 */
static int bring_in(struct hvk_vm *vm, const struct hvk_slot *slot, u64 ipa,
		    unsigned int how, unsigned int nr, u64 *size,
		    unsigned long *seq)
{
	struct hvk_s2 *s2 = &vm->s2;
	unsigned long hva = slot->hva + (ipa - slot->ipa);
	struct host_pages hp;
	int ret;

	*seq = READ_ONCE(s2->mn_seq);
	/*
	 * Reads mn_seq before the host's page tables: if an invalidation changes these
	 * after they were read, map_host_pages() must see it in mn_active or mn_seq.
	 * Pairs with s2->lock in the notifier and in map_host_pages().
	 */
	smp_rmb();
	ret = HVK_PINS_MEMORY ?
	      get_pinned_page(slot, hva, ipa, how, &hp) :
	      get_host_pages(slot, hva, ipa, how, nr, &hp);
	if (ret)
		return ret;
	*size = hp.level == HVK_S2_BLOCK_LEVEL ?
		HVK_S2_BLOCK_SIZE - (ipa & (HVK_S2_BLOCK_SIZE - 1)) :
		hp.nr * PAGE_SIZE;
	ret = map_host_pages(s2, ipa, hva, &hp, how & HVK_POPULATE_EXEC, *seq);
	if (!HVK_PINS_MEMORY)
		put_host_pages(&hp, !ret);
	/* With dirty logging a page is mapped writable for a write only, and is dirty then. */
	if (!ret && (how & HVK_POPULATE_WRITE))
		hvk_mark_dirty(slot, ipa);
	return ret;
}

/* How many pages a fault at ipa, in this slot, brings in. */
static unsigned int pages_wanted(const struct hvk_slot *slot, u64 ipa,
				 const struct hvk_streak *streak)
{
	unsigned int nr = hvk_streak_pages(streak, ipa);
	u64 slot_end = slot->ipa + slot->size;
	u64 table_end = (ipa | (HVK_S2_BLOCK_SIZE - 1)) + 1;

	/* Pages that are logged are brought in one by one; pinned ones stay for ever. */
	if (nr == 1 || slot->dirty || HVK_PINS_MEMORY)
		return 1;
	return min_t(u64, nr, (min(slot_end, table_end) - ipa) >> PAGE_SHIFT);
}

int hvk_s2_populate(struct hvk_vm *vm, u64 ipa, unsigned int how,
		    struct hvk_streak *streak, unsigned long *seq)
{
	const struct hvk_slot *slot;
	unsigned int nr = 1;
	int ret = 0, idx;
	u64 size;

	idx = srcu_read_lock(&vm->slots_srcu);
	slot = hvk_slot_find(vm, ipa);
	if (!slot)
		ret = -ENOENT;
	else if ((how & HVK_POPULATE_WRITE) && (slot->flags & KVM_MEM_READONLY))
		ret = -EROFS;
	if (!ret) {
		if (streak)
			nr = pages_wanted(slot, ipa, streak);
		ret = bring_in(vm, slot, ipa, how, nr, &size, seq);
	}
	srcu_read_unlock(&vm->slots_srcu, idx);
	if (!ret && streak) {
		if (size <= HVK_STREAK_MAX * PAGE_SIZE)
			hvk_streak_add(streak, ipa, size >> PAGE_SHIFT);
		else
			hvk_streak_end(streak);
	}
	return ret;
}

/* --- HVK_PREFAULT ------------------------------------------------- */

/*
 * Maps one page or block of a prefault. 0: *len bytes from ipa on are mapped, or none,
 * as the host took the page back meanwhile. Else an errno.
 */
static int prefault_one(struct hvk_vm *vm, u64 ipa, bool pages_only, u64 *len)
{
	unsigned int how = pages_only ? HVK_POPULATE_PAGE : 0;
	const struct hvk_slot *slot;
	unsigned long seq;
	int ret = -ENOENT, idx;

	if (vm->para_flags & HVK_PARA_LOCKED)
		how |= HVK_POPULATE_EXEC;

	idx = srcu_read_lock(&vm->slots_srcu);
	slot = hvk_slot_find(vm, ipa);
	if (slot) {
		if (!(slot->flags & KVM_MEM_READONLY))
			how |= HVK_POPULATE_WRITE;
		ret = bring_in(vm, slot, ipa, how, 1, len, &seq);
	}
	srcu_read_unlock(&vm->slots_srcu, idx);
	if (ret == -EAGAIN) {
		*len = 0;
		return hvk_s2_wait(&vm->s2, seq);
	}
	return ret;
}

int hvk_s2_prefault(struct hvk_vm *vm, u64 *ipa, u64 *size)
{
	bool pages_only = false;
	u64 len;

	if ((*ipa | *size) & ~PAGE_MASK || *ipa + *size < *ipa)
		return -EINVAL;
	while (*size) {
		int ret;

		if (signal_pending(current))
			return -EINTR;
		cond_resched();
		ret = prefault_one(vm, *ipa, pages_only, &len);
		if (ret)
			return ret;
		/* A block that the host took back meanwhile may be taken back again. */
		pages_only = !len;
		len = min(len, *size);
		*ipa += len;
		*size -= len;
	}
	return 0;
}
