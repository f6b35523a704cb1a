// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk of the host's page tables (EL1, in the VMM's process). With interrupts off tables
 * are not freed, as GUP relies on too; each entry is read once.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "memory/hostmap.h"

/*
 * The entry for hva of the table at level 2, or none if there is no such table. *block: an
 * entry above it maps a block. Interrupts off.
 */
static pmd_t read_pmd(unsigned long hva, bool *block)
{
	pgd_t *pgdp = pgd_offset(current->mm, hva), pgd = READ_ONCE(*pgdp);
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;

	*block = false;
	if (pgd_none(pgd))
		return __pmd(0);
	p4dp = p4d_offset_lockless(pgdp, pgd, hva);
	p4d = READ_ONCE(*p4dp);
	if (p4d_none(p4d) || !p4d_present(p4d))
		return __pmd(0);
	pudp = pud_offset_lockless(p4dp, p4d, hva);
	pud = READ_ONCE(*pudp);
	if (pud_none(pud) || !pud_present(pud))
		return __pmd(0);
	*block = pud_leaf(pud);
	return *block ? __pmd(0) : READ_ONCE(*pmd_offset_lockless(pudp, pud, hva));
}

bool hvk_hostmap_block(unsigned long hva)
{
	unsigned long flags;
	bool block;
	pmd_t pmd;

	local_irq_save(flags);
	pmd = read_pmd(hva, &block);
	local_irq_restore(flags);
	return block || (pmd_present(pmd) && pmd_leaf(pmd));
}

unsigned int hvk_hostmap_absent(unsigned long hva, unsigned int nr)
{
	unsigned long left = (pmd_addr_end(hva, TASK_SIZE) - hva) >> PAGE_SHIFT;
	unsigned long flags;
	unsigned int n = 0;
	bool block;
	pmd_t pmd;

	nr = min_t(unsigned long, nr, left);
	local_irq_save(flags);
	pmd = read_pmd(hva, &block);
	if (pmd_none(pmd)) {
		n = block ? 0 : nr;
	} else if (pmd_present(pmd) && !pmd_leaf(pmd)) {
		const pte_t *pte = pte_offset_kernel(&pmd, hva);

		while (n < nr && pte_none(READ_ONCE(pte[n])))
			n++;
	}
	local_irq_restore(flags);
	return n;
}
