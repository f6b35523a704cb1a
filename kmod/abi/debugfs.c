// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/hvk (EL1, process context): files for tests and debugging. Only root may
 * use them, and they are no part of the ABI.
 *
 *   state	resources that the module holds: after a VM the same as before it
 *   lose_el2	writing a CPU's number gives EL2 of that CPU back to the stub or to KVM,
 *		even while VMs run
 *   bringup	the ladder, if the module was loaded with take_only (bringup/ladder.c)
 */
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/interrupt.h>
#include <linux/seq_file.h>
#include <linux/smp.h>

#include "abi/debugfs.h"
#include "base/host.h"
#include "bringup/bringup.h"
#include "el2/call.h"
#include "el2/map.h"
#include "el2/own.h"

static struct dentry *dir;

struct cpu_state {
	enum hvk_el2_owner owner;
	bool timer, maint;	/* virtual timer's and GIC maintenance PPI are enabled here */
};

/* On the CPU that is asked, interrupts off. */
static void ask_cpu(void *arg)
{
	struct cpu_state *s = arg;

	s->owner = hvk_el2_probe();
	s->timer = irq_percpu_is_enabled(hvk_host.vtimer_irq);
	s->maint = irq_percpu_is_enabled(hvk_host.maint_irq);
}

static int state_show(struct seq_file *m, void *unused)
{
	static const char *const owners[] = {
		[HVK_OWNER_STUB] = "stub",
		[HVK_OWNER_KVM] = "KVM",
		[HVK_OWNER_HVK] = "hvk",
	};
	int cpu;

	seq_printf(m, "VMs %u\n", hvk_el2_users());
	seq_printf(m, "pages mapped at EL2 %u\n", hvk_el2_mapped());
	seq_printf(m, "pages of tables for that %u\n", hvk_el2_tables());
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		struct cpu_state s = {};

		if (cpu == hvk_bringup_lost_cpu()) {
			seq_printf(m, "CPU %d: lost\n", cpu);
			continue;
		}
		smp_call_function_single(cpu, ask_cpu, &s, 1);
		seq_printf(m, "CPU %d: EL2 %s, timer %s, maintenance %s\n", cpu,
			   owners[s.owner], s.timer ? "on" : "off",
			   s.maint ? "on" : "off");
	}
	cpus_read_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int lose_el2(void *unused, u64 cpu)
{
	if (hvk_bringup_lost_cpu() >= 0)
		return -ENODEV;
	return cpu > UINT_MAX ? -EINVAL : hvk_el2_lose(cpu);
}
DEFINE_DEBUGFS_ATTRIBUTE(lose_el2_fops, NULL, lose_el2, "%llu\n");

/* Nothing depends on these files, so errors (a kernel without debugfs) are ignored. */
void hvk_debugfs_init(void)
{
	dir = debugfs_create_dir("hvk", NULL);
	debugfs_create_file("state", 0400, dir, NULL, &state_fops);
	debugfs_create_file_unsafe("lose_el2", 0200, dir, NULL, &lose_el2_fops);
	hvk_bringup_debugfs(dir);
}

void hvk_debugfs_exit(void)
{
	debugfs_remove(dir);
}
