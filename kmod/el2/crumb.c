// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breadcrumbs (EL1, preemption off): each step of taking and releasing EL2, and on the
 * ladder of using it, is recorded in memory before it is tried, so that another CPU can
 * find out how far this one got if it does not come back. The ladder
 * (bringup/ladder.c), which reads these records, gets a callback as well.
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
	/*
	 * In memory, and in no cache, before the step is tried: EL2 writes the next
	 * breadcrumbs with its MMU off.
	 */
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
