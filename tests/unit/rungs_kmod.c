// SPDX-License-Identifier: GPL-2.0-only
/* The ladder's rungs, built for the machine that tests, on rungs_bench.h's bench. */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <stdarg.h>

#include "rungs_bench.h"

#define get_zeroed_page(gfp)		__get_free_page((gfp) | __GFP_ZERO)
#define alloc_pages_exact(size, gfp)	aligned_alloc(PAGE_SIZE, size)
#define free_pages_exact(pages, size)	free(pages)
#define virt_to_phys(p)			((phys_addr_t)(unsigned long)(p))
#define per_cpu_ptr(p, cpu)		(&(*(p))[cpu])
#define vscnprintf			vsnprintf
#define __noreturn			__attribute__((noreturn))
#define wfe()				BUG()
#define dsb(domain)			mb()

/* In the place of el2/call.h, whose calls are arm64's instructions. */
#define HVK_EL2_CALL_H
#include "el2/image/el2_abi.h"
enum hvk_el2_owner { HVK_OWNER_STUB, HVK_OWNER_KVM, HVK_OWNER_HVK };
struct hvk_hvc_result {
	u64 x0;
};

static struct hvk_hvc_result hvk_hvc(u64 fn, u64 a1, u64 a2, u64 a3, u64 a4)
{
	return (struct hvk_hvc_result) { 0 };
}

static enum hvk_el2_owner hvk_el2_probe(void)
{
	return HVK_OWNER_STUB;
}

#include "../../kmod/bringup/rungs.c"

DEFINE_PER_CPU(struct hvk_el2_pcpu, hvk_el2_pcpu);
phys_addr_t hvk_el2_bounce_pa;
struct hvk_host hvk_host;

static struct hvk_climb climb;
static struct hvk_el2_cpu el2;
static bool mapped;

int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp)
{
	BUG_ON(pa != el2.self || size != PAGE_SIZE);
	if (!rungs_bench_memory())
		return -ENOMEM;
	BUG_ON(mapped);
	mapped = true;
	return 0;
}

void hvk_el2_unmap(phys_addr_t pa, size_t size)
{
	BUG_ON(pa != el2.self || size != PAGE_SIZE);
	mapped = false;
}

/* What only a climb calls. */
void hvk_el2_crumb(u64 stage) { }
void hvk_dcache_flush(const void *va, size_t size) { }
void hvk_icache_sync(const void *va, size_t size) { }
u64 hvk_host_errata(void) { return 0; }
u64 hvk_s2_vtcr(unsigned int ipa, unsigned int pa, unsigned int vmid) { return 0; }
int hvk_el2_take_here(bool from_kvm) { return -EIO; }
int hvk_el2_release_here(bool give_to_kvm) { return -EIO; }
int hvk_el2_give_to_kvm_here(void) { return -EIO; }
u64 hvk_el2_soft_restart(phys_addr_t entry, struct hvk_el2_cpu *cpu) { return 0; }
void hvk_el2_panic(struct hvk_el2_cpu *cpu) { abort(); }

/* --- the bench ------------------------------------------------------------------ */

void rungs_bench_open(void)
{
	climb = (struct hvk_climb) {};
	el2.self = virt_to_phys(&el2);
	hvk_el2_pcpu[0].cpu = &el2;
	mapped = true;
}

int rungs_bench_prepare(bool fault)
{
	const struct hvk_rung *rung = hvk_rungs;

	while (strcmp(rung->name, "mmu"))
		rung++;
	climb.rung = rung;
	climb.fail = fault ? HVK_FAIL_FAULT : HVK_FAIL_NONE;
	return hvk_rung_prepare(&climb);
}

void rungs_bench_clean_up(void)
{
	hvk_rung_clean_up(&climb);
}

bool rungs_bench_mapped(void)
{
	return mapped;
}
