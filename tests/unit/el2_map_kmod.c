// SPDX-License-Identifier: GPL-2.0-only
/* EL2's own tables, built for the machine that tests, on el2_map_bench.h's bench. */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mutex.h>

#include "el2_map_bench.h"

#define SYS_ID_AA64MMFR0_EL1	sys_reg(3, 0, 0, 7, 0)

/* Physical addresses are the test's own. */
#define phys_to_virt(pa)	((void *)(unsigned long)(pa))
#define get_zeroed_page(gfp)						\
	((unsigned long)bench_el2_page((gfp) == GFP_KERNEL_ACCOUNT,	\
				       map_lock.kshim.held))
#define free_page(page)		bench_el2_free((void *)(page))
#undef mutex_unlock
#define mutex_unlock(m)		(bench_el2_walk(), kshim_unlock(m))
#define dma_wmb()		smp_wmb()
#define dsb(domain)		mb()
static void kshim_unlock(struct mutex *m)
{
	kshim_release(&m->kshim);
}

#include "../../kmod/el2/map.c"

void hvk_el2_tlbi_own(void)
{
	bench_el2_tlbi();
}

int el2_map_init(void)
{
	return hvk_el2_map_init();
}

void el2_map_exit(void)
{
	hvk_el2_map_exit();
}

int el2_map(__u64 pa, __u64 size)
{
	return hvk_el2_map(pa, size, GFP_KERNEL_ACCOUNT);
}

void el2_unmap(__u64 pa, __u64 size)
{
	hvk_el2_unmap(pa, size);
}

unsigned int el2_mapped(void)
{
	return hvk_el2_mapped();
}

unsigned int el2_tables(void)
{
	return hvk_el2_tables();
}

__u64 *el2_root(void)
{
	return root;
}
