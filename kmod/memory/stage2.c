// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's stage-2 tables (EL1): their setup and teardown, what the walker does to the
 * machine (struct hvk_s2_ops), and work on ranges of IPAs. memory/table.c knows the
 * format, populate.c fills the tables, memory/notifier.c empties them.
 *
 * Context: s2->lock is taken with interrupts on, also by MMU notifiers that may not
 * sleep. Its holder executes TLBIs, and waits in hvk_vmid_retire() for vCPUs to leave
 * the guest; so nobody may take it with interrupts off.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <asm/barrier.h>

#include "base/cache.h"
#include "base/host.h"
#include "core/vm.h"
#include "el2/call.h"
#include "memory/stage2.h"
#include "memory/vmid.h"

static struct hvk_s2 *s2_of(struct hvk_s2_table *t)
{
	return container_of(t, struct hvk_s2, table);
}

static struct hvk_vm *vm_of(struct hvk_s2 *s2)
{
	return container_of(s2, struct hvk_vm, s2);
}

/* --- what the walker does to the machine ----------------------------------- */

static u64 *op_alloc(struct hvk_s2_table *t)
{
	struct hvk_s2 *s2 = s2_of(t);

	lockdep_assert_held_write(&s2->lock);
	return s2->nr_stash ? s2->stash[--s2->nr_stash] : NULL;
}

static void op_free(struct hvk_s2_table *t, u64 *table)
{
	free_page((unsigned long)table);
}

static u64 op_pa(const u64 *table)
{
	return virt_to_phys(table);
}

static u64 *op_va(u64 pa)
{
	return phys_to_virt(pa);
}

static void op_write(u64 *entry, u64 desc)
{
	WRITE_ONCE(*entry, desc);
}

static void op_order(void)
{
	/* Table walks of all PEs see the descriptors stored so far (DDI 0487 D8.2.6). */
	dsb(ishst);
}

/*
 * Invalidates in TLBs the leaf at ipa, or the whole VMID if `all`; on every PE,
 * complete on return.
 */
static void tlbi(struct hvk_s2_table *t, u64 ipa, bool all)
{
	struct hvk_s2 *s2 = s2_of(t);
	u64 vmid, vttbr;
	int ret;

	lockdep_assert_held_write(&s2->lock);
	/*
	 * Orders the store of the descriptor before the read of the VMID: a vCPU that
	 * takes the VM's first VMID, or a new one, after this read walks the tables
	 * after the store, and no TLB has entries with that VMID. Pairs with smp_mb()
	 * in vmid.c.
	 */
	dsb(ish);
	vmid = atomic64_read(&s2->vmid);
	if (!vmid)
		return;
	vttbr = hvk_s2_vttbr(s2, vmid);
	preempt_disable();	/* the answer is about this PE's EL2 */
	ret = all ? hvk_el2_tlbi_vmid(vttbr, s2->vtcr) :
		    hvk_el2_tlbi_ipa(vttbr, s2->vtcr, ipa);
	preempt_enable();
	/*
	 * EL2 of this PE is not ours now, so no TLBI was done. The VM may run on other
	 * PEs, or here later: it gets a new VMID, with which no TLB finds the old
	 * entries.
	 */
	if (ret)
		hvk_vmid_retire(vm_of(s2));
}

static void op_tlbi_ipa(struct hvk_s2_table *t, u64 ipa)
{
	tlbi(t, ipa, false);
}

static void op_tlbi_all(struct hvk_s2_table *t)
{
	tlbi(t, 0, true);
}

static void op_clean(u64 pa, u64 size)
{
	hvk_dcache_flush(phys_to_virt(pa), size);
}

static void op_sync_icache(u64 pa, u64 size)
{
	hvk_icache_sync(phys_to_virt(pa), size);
}

static const struct hvk_s2_ops s2_ops = {
	.alloc = op_alloc,
	.free = op_free,
	.pa = op_pa,
	.va = op_va,
	.write = op_write,
	.order = op_order,
	.tlbi_ipa = op_tlbi_ipa,
	.tlbi_all = op_tlbi_all,
	.clean = op_clean,
	.sync_icache = op_sync_icache,
};

int hvk_s2_fill_stash(struct hvk_s2 *s2, bool *dropped)
	__must_hold(&s2->lock)
{
	u64 *page[HVK_S2_MAP_TABLES] = {};
	unsigned int i, want = ARRAY_SIZE(page) - s2->nr_stash;
	int ret = 0;

	lockdep_assert_held_write(&s2->lock);
	*dropped = want;
	if (!want)
		return 0;

	write_unlock(&s2->lock);
	for (i = 0; i < want && !ret; i++) {
		page[i] = (u64 *)__get_free_page(GFP_KERNEL_ACCOUNT |
						 __GFP_ZERO);
		if (!page[i])
			ret = -ENOMEM;
	}
	write_lock(&s2->lock);
	/* Other threads may have filled the stash meanwhile, or used it up. */
	for (i = 0; i < want; i++) {
		if (page[i] && s2->nr_stash < ARRAY_SIZE(s2->stash))
			s2->stash[s2->nr_stash++] = page[i];
		else
			free_page((unsigned long)page[i]);
	}
	return ret;
}

/* --- setup and teardown ------------------------------------------------------ */

int hvk_s2_init(struct hvk_vm *vm, unsigned int ipa_bits)
{
	struct hvk_s2 *s2 = &vm->s2;
	unsigned int pages;

	if (ipa_bits < 32 || ipa_bits > hvk_host.ipa_bits)
		return -EINVAL;

	rwlock_init(&s2->lock);
	init_waitqueue_head(&s2->mn_wait);
	atomic64_set(&s2->vmid, 0);
	s2->ipa_bits = ipa_bits;
	s2->vtcr = hvk_s2_vtcr(ipa_bits, hvk_host.pa_bits, hvk_host.vmid_bits);
	s2->table.ipa_bits = ipa_bits;
	s2->table.start_level = hvk_s2_start_level(ipa_bits, &pages);
	s2->table.ops = &s2_ops;
	/* A power of two of pages is aligned to its size here, as VTTBR_EL2 requires. */
	s2->table.root = alloc_pages_exact(pages * PAGE_SIZE,
					   GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!s2->table.root)
		return -ENOMEM;
	s2->root_pa = virt_to_phys(s2->table.root);
	return 0;
}

void hvk_s2_release(struct hvk_vm *vm)
{
	struct hvk_s2 *s2 = &vm->s2;

	write_lock(&s2->lock);
	s2->released = true;
	write_unlock(&s2->lock);
	hvk_s2_range(s2, 0, BIT_ULL(s2->ipa_bits), true, hvk_s2_table_unmap);
}

void hvk_s2_destroy(struct hvk_vm *vm)
{
	struct hvk_s2 *s2 = &vm->s2;
	unsigned int pages;

	if (!s2->table.root)
		return;
	/*
	 * The release frees every table but the root, each with its last descriptor. It
	 * cleans the memory as well: if that is shared, or a file's, it outlives the
	 * VM, with what the guest wrote past the caches.
	 */
	hvk_s2_release(vm);
	while (s2->nr_stash)
		free_page((unsigned long)s2->stash[--s2->nr_stash]);
	hvk_s2_start_level(s2->ipa_bits, &pages);
	free_pages_exact(s2->table.root, pages * PAGE_SIZE);
	s2->table.root = NULL;
}

/* --- ranges -------------------------------------------------------------------- */

/*
 * Between two steps: drops the lock for others that want it, and gives up the CPU if
 * may_sleep. Whoever waits for the lock spins: it may be a vCPU's thread on another
 * CPU, where a window begins.
 */
static void let_others(struct hvk_s2 *s2, bool may_sleep)
	__must_hold(&s2->lock)
{
	if (!rwlock_is_contended(&s2->lock) && !(may_sleep && need_resched()))
		return;
	write_unlock(&s2->lock);
	if (may_sleep)
		cond_resched();
	write_lock(&s2->lock);
}

void hvk_s2_settle(struct hvk_s2 *s2, bool may_sleep)
{
	lockdep_assert_held_write(&s2->lock);
	do {
		let_others(s2, may_sleep);
	} while (!hvk_s2_table_settle(&s2->table));
}

void hvk_s2_range(struct hvk_s2 *s2, u64 ipa, u64 end, bool may_sleep,
		  u64 (*step)(struct hvk_s2_table *t, u64 ipa, u64 end))
{
	end = min(end, BIT_ULL(s2->ipa_bits));
	write_lock(&s2->lock);
	hvk_s2_settle(s2, may_sleep);
	while (ipa < end) {
		ipa = step(&s2->table, ipa, end);
		hvk_s2_settle(s2, may_sleep);
	}
	write_unlock(&s2->lock);
}

void hvk_s2_unmap(struct hvk_vm *vm, u64 ipa, u64 size)
{
	hvk_s2_range(&vm->s2, ipa, ipa + size, true, hvk_s2_table_unmap);
}

void hvk_s2_wp(struct hvk_vm *vm, u64 ipa, u64 size)
{
	hvk_s2_range(&vm->s2, ipa, ipa + size, true, hvk_s2_table_wp);
}

bool hvk_s2_clean_step(struct hvk_vm *vm, u64 *ipa)
{
	struct hvk_s2 *s2 = &vm->s2;
	u64 end = BIT_ULL(s2->ipa_bits);

	read_lock(&s2->lock);
	*ipa = hvk_s2_table_clean(&s2->table, *ipa, end);
	read_unlock(&s2->lock);
	return *ipa >= end;
}

void hvk_s2_clean_block(phys_addr_t pa)
{
	unsigned int offset;

	for (offset = 0; offset < HVK_S2_BLOCK_SIZE;
	     offset += HVK_S2_CLEAN_STEP) {
		hvk_dcache_flush(phys_to_virt(pa + offset), HVK_S2_CLEAN_STEP);
		cond_resched();
	}
}

void hvk_s2_clean_pages(struct page *const *pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (i && !(i % (HVK_S2_CLEAN_STEP / PAGE_SIZE)))
			cond_resched();
		hvk_dcache_flush(page_address(pages[i]), PAGE_SIZE);
	}
}

int hvk_s2_map_device(struct hvk_vm *vm, u64 ipa, phys_addr_t pa, u64 size)
{
	struct hvk_s2 *s2 = &vm->s2;
	u64 limit = BIT_ULL(s2->ipa_bits);
	unsigned int level;
	u64 offset;
	int ret = 0;

	if (!PAGE_ALIGNED(ipa | pa | size) || ipa >= limit ||
	    size > limit - ipa)
		return -EINVAL;

	write_lock(&s2->lock);
	for (offset = 0; offset < size && !ret; offset += PAGE_SIZE) {
		bool dropped;

		ret = hvk_s2_fill_stash(s2, &dropped);
		if (!ret && hvk_s2_table_leaf(&s2->table, ipa + offset, &level))
			ret = -EEXIST;
		if (!ret)
			ret = hvk_s2_table_map(&s2->table, ipa + offset,
					       pa + offset, HVK_S2_PAGE_LEVEL,
					       HVK_S2_WRITE | HVK_S2_DEVICE);
	}
	write_unlock(&s2->lock);
	if (ret && offset > PAGE_SIZE)
		hvk_s2_unmap(vm, ipa, offset - PAGE_SIZE);
	return ret;
}
