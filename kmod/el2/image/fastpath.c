// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traps that EL2 handles with the guest still loaded (EL2, interrupts masked). A handler
 * takes no lock and accesses only this vCPU's context and this PE's structure; the caller
 * checks shared.kick before the guest goes on.
 */
#include "el2_image.h"
#include "host.h"

/*
 * The guest's first use of FP or SIMD since its entry: the registers still hold the
 * host's values. From here to the exit to EL1 they hold the guest's.
 */
static void fp_switch(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	write_sysreg(CPTR_WITH_FP(read_sysreg(cptr_el2)), cptr_el2);
	isb();	/* untrapped before EL2 touches the registers itself */
	hvk_fp_save(&cpu->host_fp);
	hvk_fp_load(&ctx->fp);
	cpu->fp_guest = 1;
}

int hvk_fastpath(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	if (cpu->fp_guest)
		return 0;
	fp_switch(cpu, ctx);
	return 1;
}
