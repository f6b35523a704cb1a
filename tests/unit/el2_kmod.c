// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C of the EL2 image, built for the machine that tests, on el2_bench.h's PE; included by
 * el2_vhe_kmod.c once more, for a kernel at EL2 itself.
 */
#include <stdint.h>

#include "../../kmod/el2/image/el2_image.h"
#include "el2_bench.h"

#ifndef EL2_BENCH
#define EL2_BENCH(name) el2_bench_##name
#endif

/* What the image does with assembly is told to the bench. */
#undef read_sysreg
#undef write_sysreg
#undef dsb
#undef dmb
#undef tlbi
#undef tlbi_arg
#undef ic
#undef at
#define read_sysreg(r)		bench_el2_read(#r)
#define write_sysreg(v, r)	bench_el2_write(#r, (v))
#define isb()			bench_el2_do("isb", 0)
#define dsb(opt)		bench_el2_do("dsb " #opt, 0)
#define dmb(opt)		bench_el2_do("dmb " #opt, 0)
#define tlbi(op)		bench_el2_do("tlbi " #op, 0)
#define tlbi_arg(op, v)		bench_el2_do("tlbi " #op, (v))
#define ic(op)			bench_el2_do("ic " #op, 0)
#define at(op, va)		bench_el2_do("at " #op, (va))

/* So is what others may see, or change, before it happens. */
#define __atomic_load_n(p, order)					\
	({ bench_el2_do("load", 0); __atomic_load_n(p, order); })
#define __atomic_store_n(p, v, order)					\
	({ bench_el2_do("store", 0); __atomic_store_n(p, v, order); })
#define __atomic_fetch_or(p, v, order)					\
	({ bench_el2_do("fetch_or", 0); __atomic_fetch_or(p, v, order); })
#define __atomic_fetch_and(p, v, order)					\
	({ bench_el2_do("fetch_and", 0); __atomic_fetch_and(p, v, order); })

#ifdef EL2_BENCH_VHE
#include "../../kmod/el2/vhe/host.h"
#endif
#include "../../kmod/el2/image/switch.c"
#include "../../kmod/el2/image/fastpath.c"
#include "../../kmod/el2/image/answer.c"
#include "../../kmod/el2/image/tlb.c"

/* registers.S */
void hvk_dbg_switch(struct hvk_dbg *from, const struct hvk_dbg *to)
{
	bench_el2_do("debug bank", 0);
}

void hvk_fp_save(struct hvk_fp *fp)
{
	bench_el2_do("fp save", 0);
}

void hvk_fp_load(const struct hvk_fp *fp)
{
	bench_el2_do("fp load", 0);
}

/* features.c, for PEs that have more than the bench's */
void hvk_features_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
			struct hvk_el2_controls *guest)
{
	bench_el2_do("features enter", 0);
}

void hvk_features_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	bench_el2_do("features leave", 0);
}

uint64_t EL2_BENCH(enter)(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	return hvk_el2_enter(cpu, ctx);
}

uint64_t EL2_BENCH(leave)(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, uint64_t kind)
{
	return hvk_el2_leave(cpu, ctx, kind);
}

int EL2_BENCH(answer)(struct hvk_el2_ctx *ctx)
{
	return hvk_el2_answer(ctx);
}

int EL2_BENCH(interrupt)(struct hvk_el2_ctx *ctx)
{
	return hvk_el2_interrupt(ctx);
}

void EL2_BENCH(abandon)(struct hvk_el2_cpu *cpu)
{
	hvk_el2_abandon(cpu);
}

uint64_t EL2_BENCH(tlb)(struct hvk_el2_cpu *cpu, uint64_t call, const uint64_t args[4])
{
	return hvk_el2_tlb_call(cpu, call, args[0], args[1], args[2], args[3]);
}
