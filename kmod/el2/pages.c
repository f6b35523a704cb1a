// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2's memory (EL1): the pages of the image, each CPU's structure and stack. And the
 * report of a fault at EL2.
 */
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <asm/barrier.h>

#include "base/cache.h"
#include "el2/call.h"
#include "el2/crumb.h"
#include "el2/map.h"
#include "el2/pages.h"
#include "el2/pcpu.h"

/* The first words of the image (el2/image/entry.S). */
struct image_header {
	u64 magic;
	u64 take, host_vectors, guest_vectors, bounce;	/* offsets */
};

phys_addr_t hvk_el2_take_pa, hvk_el2_bounce_pa;

static void *image;
static size_t image_size;

/* --- a fault of EL2 itself ----------------------------------------------- */

u64 hvk_el2_image_offset(u64 elr)
{
	return image ? elr - virt_to_phys(image) : 0;
}

static const char *kind_of_fault(const struct hvk_el2_cpu *cpu)
{
	/* From below: the guard page, the stack, the structure. */
	u64 guard = hvk_el2_address(cpu) - (HVK_EL2_STRUCT_PAGE - HVK_EL2_GUARD_PAGE) * PAGE_SIZE;

	if (cpu->fault.far - guard < PAGE_SIZE)
		return "stack overflow";
	return cpu->fault.again ? "double fault" : "fault";
}

/*
 * EL2 returns here, to EL1 with all exceptions masked, after a fault of its own code.
 * Its state can no longer be trusted, and a guest's registers may have been half loaded:
 * there is nothing to go on with.
 */
void __noreturn hvk_el2_panic(struct hvk_el2_cpu *cpu)
{
	unsigned int i;

	/* EL2 may have written it with its MMU off: drop what the caches hold. */
	hvk_dcache_flush(cpu, sizeof(*cpu));
	/* Does not return on the ladder, if another CPU can report the fault. */
	hvk_el2_tell_fault();
	if (cpu->fault.again)
		pr_emerg("hvk: the registers are lost: EL2 faulted again as it noted them: esr %#llx elr %#llx far %#llx\n",
			 cpu->fault.again_esr, cpu->fault.again_elr,
			 cpu->fault.again_far);
	else
		for (i = 0; i < 30; i += 2)
			pr_emerg("hvk: x%-2u %016llx  x%-2u %016llx\n", i,
				 cpu->fault.x[i], i + 1, cpu->fault.x[i + 1]);
	if (hvk_el2_is_vhe())
		pr_emerg("hvk: it was at %pS\n", (void *)cpu->fault.elr);
	panic("hvk: %s at EL2: vector %#llx esr %#llx elr %#llx (image+%#llx) spsr %#llx far %#llx hpfar %#llx par %#llx sp %#llx lr %#llx\n",
	      kind_of_fault(cpu), cpu->fault.vector, cpu->fault.esr, cpu->fault.elr,
	      hvk_el2_image_offset(cpu->fault.elr), cpu->fault.spsr,
	      cpu->fault.far, cpu->fault.hpfar, cpu->fault.par, cpu->fault.sp,
	      cpu->fault.x[30]);
}

/* --- set-up -------------------------------------------------------------- */

static void free_cpus(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct hvk_el2_pcpu *p = per_cpu_ptr(&hvk_el2_pcpu, cpu);

		if (p->pages)
			free_pages_exact(p->pages, HVK_EL2_CPU_PAGES * PAGE_SIZE);
		p->pages = NULL;
		p->cpu = NULL;
	}
}

/* head: of the image, or NULL where there is none, as the kernel is at EL2 itself. */
static int alloc_cpu(int nr, const struct image_header *head)
{
	struct hvk_el2_pcpu *p = per_cpu_ptr(&hvk_el2_pcpu, nr);
	struct hvk_el2_cpu *cpu;
	void *stack;
	int err;

	BUILD_BUG_ON(sizeof(*cpu) > PAGE_SIZE);
	p->pages = alloc_pages_exact(HVK_EL2_CPU_PAGES * PAGE_SIZE,
				     GFP_KERNEL | __GFP_ZERO);
	if (!p->pages)
		return -ENOMEM;
	stack = p->pages + HVK_EL2_STACK_PAGE * PAGE_SIZE;
	cpu = p->pages + HVK_EL2_STRUCT_PAGE * PAGE_SIZE;
	p->cpu = cpu;

	cpu->self = virt_to_phys(cpu);
	cpu->stack_top = virt_to_phys(stack) + PAGE_SIZE;
	if (head) {
		cpu->vbar_host = virt_to_phys(image) + head->host_vectors;
		cpu->vbar_guest = virt_to_phys(image) + head->guest_vectors;
	}
	cpu->panic_pc = (u64)hvk_el2_panic;
	cpu->panic_arg = (u64)cpu;
	hvk_el2_map_regs(cpu);

	/* The stack and the structure are adjacent; the guard page is not mapped. */
	err = hvk_el2_map(virt_to_phys(stack), 2 * PAGE_SIZE, GFP_KERNEL);
	if (err)
		return err;
	hvk_dcache_flush(p->pages, HVK_EL2_CPU_PAGES * PAGE_SIZE);
	return 0;
}

static int copy_image(void)
{
	const struct image_header *head = (const void *)hvk_el2_blob;
	size_t size = hvk_el2_blob_end - hvk_el2_blob;

	if (head->magic != HVK_EL2_ANSWER || size & ~PAGE_MASK)
		return -ENOEXEC;
	image_size = size;
	image = alloc_pages_exact(size, GFP_KERNEL);
	if (!image)
		return -ENOMEM;
	memcpy(image, hvk_el2_blob, size);
	/* EL2 fetches it with the MMU off at first, from memory: clean it to the PoC. */
	hvk_dcache_flush(image, size);
	/* Drop what instruction caches hold of these pages' former contents. */
	asm volatile("ic ialluis" : : : "memory");
	dsb(ish);	/* IC complete on all PEs before any of them branches there */
	hvk_el2_take_pa = virt_to_phys(image) + head->take;
	hvk_el2_bounce_pa = virt_to_phys(image) + head->bounce;
	return hvk_el2_map_text(virt_to_phys(image), size);
}

void hvk_el2_pages_exit(void)
{
	free_cpus();
	if (image)
		free_pages_exact(image, image_size);
	image = NULL;
	hvk_el2_map_exit();
}

int hvk_el2_pages_init(void)
{
	int cpu, err;

	err = hvk_el2_map_init();
	if (err)
		return err;
	err = hvk_el2_is_vhe() ? 0 : copy_image();
	if (err)
		goto fail;
	for_each_possible_cpu(cpu) {
		err = alloc_cpu(cpu, image);
		if (err)
			goto fail;
	}
	return 0;

fail:
	hvk_el2_pages_exit();
	return err;
}
