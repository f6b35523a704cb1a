// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping guest memory in stage-2 (EL1, in the VMM's process). Guest memory is the
 * VMM's own memory; its pages are taken from the host one by one, as the guest touches
 * them or ahead of that by HVK_PREFAULT.
 *
 * A page is held only while it is being mapped; after that the MMU notifier keeps the
 * mapping true (memory/notifier.c). A page is mapped writable only if the host gave it
 * for writing; it is then marked dirty before it is released. On a host without MMU
 * notifiers the slot keeps its pages pinned instead (pins.c).
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>

#include "base/compat.h"
#include "core/vm.h"
#include "memory/dirty.h"
#include "memory/inval.h"
#include "memory/pins.h"
#include "memory/populate.h"
#include "memory/slot.h"
#include "memory/stage2.h"
#include "uapi/hvk.h"

/* A host page with a reference held, and how it may be mapped. */
struct host_page {
	struct page *page;
	bool writable;
	unsigned int level;	/* of the leaf that may map it */
};

/* --- the host's page --------------------------------------------------------- */

/*
 * Whether the host's own tables map hva with a block of 2 MiB or more. The tables are
 * walked without their locks: with interrupts off they are not freed (GUP relies on the
 * same), and each entry is read once. The answer may be out of date when it is used;
 * map_host_page() finds that out by mn_seq.
 */
static bool host_block(struct mm_struct *mm, unsigned long hva)
{
	unsigned long flags;
	bool block = false;
	pgd_t *pgdp, pgd;
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;
	pmd_t pmd;

	local_irq_save(flags);
	pgdp = pgd_offset(mm, hva);
	pgd = READ_ONCE(*pgdp);
	if (pgd_none(pgd))
		goto out;
	p4dp = p4d_offset_lockless(pgdp, pgd, hva);
	p4d = READ_ONCE(*p4dp);
	if (p4d_none(p4d) || !p4d_present(p4d))
		goto out;
	pudp = pud_offset_lockless(p4dp, p4d, hva);
	pud = READ_ONCE(*pudp);
	if (pud_none(pud) || !pud_present(pud))
		goto out;
	if (pud_leaf(pud)) {
		block = true;
		goto out;
	}
	pmd = READ_ONCE(*pmd_offset_lockless(pudp, pud, hva));
	block = pmd_present(pmd) && pmd_leaf(pmd);
out:
	local_irq_restore(flags);
	return block;
}

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
 * Gets the page at hva of the current mm, with a reference; may sleep. A read gets the
 * page writable if the host maps it so already, which saves the fault of a later write.
 * 0 or errno; -EINTR: a signal ended the wait for a page that might never come
 * (userfaultfd).
 */
static int get_host_page(const struct hvk_slot *slot, unsigned long hva,
			 u64 ipa, bool write, struct host_page *hp)
{
	bool may_write = !(slot->flags & KVM_MEM_READONLY);
	long n;

	hp->level = HVK_S2_PAGE_LEVEL;
	/* With dirty logging only a write makes a page writable. */
	hp->writable = write || (may_write && !slot->dirty);
	n = hp->writable ?
	    get_user_pages_fast_only(hva, 1, FOLL_WRITE, &hp->page) : 0;
	if (n != 1) {
		hp->writable = write;
		n = get_user_pages_unlocked(hva, 1, &hp->page,
					    HVK_FOLL_INTERRUPTIBLE |
					    (write ? FOLL_WRITE : 0));
	}
	if (n != 1)
		return n < 0 ? n : -EFAULT;

	/* Memory that the kernel does not map cannot be cleaned to the PoC: refuse it. */
	if (!pfn_is_map_memory(page_to_pfn(hp->page))) {
		put_page(hp->page);
		return -EFAULT;
	}
	if (block_fits(slot, ipa, hp->page, hva) &&
	    host_block(current->mm, hva))
		hp->level = HVK_S2_BLOCK_LEVEL;
	return 0;
}

static void put_host_page(struct host_page *hp, bool mapped)
{
	struct folio *folio = page_folio(hp->page);

	/*
	 * The guest may write from now on, and the host will not notice. So the page is
	 * marked dirty here: after it was mapped, and before the reference goes, or
	 * reclaim could drop the page as clean in between.
	 */
	if (mapped && hp->writable && !folio_test_dirty(folio)) {
		folio_lock(folio);
		folio_mark_dirty(folio);
		folio_unlock(folio);
	}
	put_page(hp->page);
}

/*
 * As get_host_page(), where guest memory is pinned. pages_only: no block, all pages of
 * which would have to be pinned.
 */
static int get_pinned_page(const struct hvk_slot *slot, unsigned long hva,
			   u64 ipa, bool write, bool pages_only,
			   struct host_page *hp)
{
	u64 start = ipa & ~(HVK_S2_BLOCK_SIZE - 1);

	hp->level = HVK_S2_PAGE_LEVEL;
	hp->writable = write || (!(slot->flags & KVM_MEM_READONLY) &&
				 !slot->dirty);
	hp->page = hvk_pins_page(slot->pins, (ipa - slot->ipa) >> PAGE_SHIFT,
				 hva);
	if (IS_ERR(hp->page))
		return PTR_ERR(hp->page);
	if (!pages_only && block_fits(slot, ipa, hp->page, hva) &&
	    hvk_pins_block(slot->pins, (start - slot->ipa) >> PAGE_SHIFT,
			   hva - (ipa - start)))
		hp->level = HVK_S2_BLOCK_LEVEL;
	return 0;
}

/* --- mapping the page --------------------------------------------------------- */

/* Whether the host may have taken back the page at hva since mn_seq was `seq`. */
static bool invalidated(const struct hvk_s2 *s2, unsigned long hva,
			unsigned long seq)
{
	lockdep_assert_held_write(&s2->lock);
	if (s2->mn_active && hva >= s2->mn_start && hva < s2->mn_end)
		return true;
	return s2->mn_seq != seq;
}

static int map_host_page(struct hvk_s2 *s2, u64 ipa, unsigned long hva,
			 const struct host_page *hp, bool exec,
			 unsigned long seq)
{
	u64 size = hp->level == HVK_S2_BLOCK_LEVEL ? HVK_S2_BLOCK_SIZE :
						     HVK_S2_PAGE_SIZE;
	u64 pa = page_to_phys(hp->page) & ~(size - 1);
	unsigned int prot = 0;
	bool again;
	int ret;

	if (hp->writable)
		prot |= HVK_S2_WRITE;
	if (exec)
		prot |= HVK_S2_EXEC;

	write_lock(&s2->lock);
	do {
		again = false;
		if (s2->released)
			ret = -EIO;
		else if (invalidated(s2, hva, seq))
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
	write_unlock(&s2->lock);
	return ret;
}

/*
 * Gets the page at ipa, which lies in `slot`, from the host and maps it; slots_srcu is
 * held. *seq is mn_seq as it was before the host was asked. 0, an errno, or -EAGAIN:
 * the host is taking the page back, or has done so; then the caller leaves slots_srcu
 * and calls hvk_s2_wait() with *seq before it retries.
 */
static int bring_in(struct hvk_vm *vm, const struct hvk_slot *slot, u64 ipa,
		    bool write, bool exec, bool pages_only,
		    struct host_page *hp, unsigned long *seq)
{
	struct hvk_s2 *s2 = &vm->s2;
	unsigned long hva = slot->hva + (ipa - slot->ipa);
	int ret;

	*seq = READ_ONCE(s2->mn_seq);
	/*
	 * Reads mn_seq before the host's page tables: if an invalidation changes these
	 * after they were read, map_host_page() must see it in mn_active or mn_seq.
	 * Pairs with s2->lock in the notifier and in map_host_page().
	 */
	smp_rmb();
	ret = HVK_PINS_MEMORY ?
	      get_pinned_page(slot, hva, ipa, write, pages_only, hp) :
	      get_host_page(slot, hva, ipa, write, hp);
	if (ret)
		return ret;
	/*
	 * pages_only: the vCPU has a window of time, which is too short for cleaning 2
	 * MiB; or the host took the memory back while a block of it was cleaned, which
	 * could repeat for ever.
	 */
	if (pages_only)
		hp->level = HVK_S2_PAGE_LEVEL;
	ret = map_host_page(s2, ipa, hva, hp, exec, *seq);
	if (!HVK_PINS_MEMORY)
		put_host_page(hp, !ret);
	/* With dirty logging a page is mapped writable for a write only, and is dirty then. */
	if (!ret && write)
		hvk_mark_dirty(slot, ipa);
	return ret;
}

int hvk_s2_populate(struct hvk_vm *vm, u64 ipa, unsigned int how,
		    unsigned long *seq)
{
	bool write = how & HVK_POPULATE_WRITE;
	const struct hvk_slot *slot;
	struct host_page hp;
	int ret = 0, idx;

	idx = srcu_read_lock(&vm->slots_srcu);
	slot = hvk_slot_find(vm, ipa);
	if (!slot)
		ret = -ENOENT;
	else if (write && (slot->flags & KVM_MEM_READONLY))
		ret = -EROFS;
	else
		ret = bring_in(vm, slot, ipa, write, how & HVK_POPULATE_EXEC,
			       how & HVK_POPULATE_PAGE, &hp, seq);
	srcu_read_unlock(&vm->slots_srcu, idx);
	return ret;
}

/* --- mapping ahead of the guest ------------------------------------------------- */

/*
 * Maps one page or block of a prefault. 0: *len bytes from ipa on are mapped, or none,
 * as the host took the page back meanwhile. Else an errno.
 */
static int prefault_one(struct hvk_vm *vm, u64 ipa, bool pages_only, u64 *len)
{
	const struct hvk_slot *slot;
	struct host_page hp;
	unsigned long seq;
	int ret = -ENOENT, idx;

	idx = srcu_read_lock(&vm->slots_srcu);
	slot = hvk_slot_find(vm, ipa);
	if (slot)
		ret = bring_in(vm, slot, ipa, !(slot->flags & KVM_MEM_READONLY),
			       vm->para_flags & HVK_PARA_LOCKED, pages_only, &hp,
			       &seq);
	srcu_read_unlock(&vm->slots_srcu, idx);
	if (ret == -EAGAIN) {
		*len = 0;
		return hvk_s2_wait(&vm->s2, seq);
	}
	if (ret)
		return ret;
	*len = PAGE_SIZE;
	if (hp.level == HVK_S2_BLOCK_LEVEL)
		*len = HVK_S2_BLOCK_SIZE - (ipa & (HVK_S2_BLOCK_SIZE - 1));
	return 0;
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
