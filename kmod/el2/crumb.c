// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breadcrumbs (EL1, preemption off): how far a CPU has come in taking EL2, or in
 * using it, is noted where another CPU finds it, should this one not come back. The
 * ladder (bringup/ladder.c), which is there to look for them, is told as well.
 */
#include <linux/compiler.h>

#include "base/cache.h"
#include "el2/crumb.h"
#include "el2/pcpu.h"

static const struct hvk_el2_watcher *watcher;

void hvk_el2_watch(const struct hvk_el2_watcher *w)
{
	WRITE_ONCE(watcher, w);
}

void hvk_el2_crumb(u64 stage)
{
	const struct hvk_el2_watcher *w = READ_ONCE(watcher);
	struct hvk_el2_cpu *cpu = this_cpu_ptr(&hvk_el2_pcpu)->cpu;

	WRITE_ONCE(cpu->crumb.stage, stage);
	/* In memory before it is tried, where EL2 with its MMU off goes on. */
	hvk_dcache_flush(&cpu->crumb, sizeof(cpu->crumb));
	if (w)
		w->crumb(stage);
}

void hvk_el2_tell_fault(void)
{
	const struct hvk_el2_watcher *w = READ_ONCE(watcher);

	if (w)
		w->fault();
}
