// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking EL2 and handing it back when the kernel's CPUs change state (EL1): hotplug, deep
 * idle, suspend, hibernation, kexec and reboot. el2/own.c decides who is to own EL2.
 */
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/irqflags.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <linux/suspend.h>

#include "el2/own.h"
#include "el2/pcpu.h"
#include "el2/power.h"
#include "el2/take.h"

static int hotplug_state;

/* CPU hotplug, on that CPU. Online: runs after KVM's callback; offline: before it. */
static int cpu_appears(unsigned int cpu)
{
	unsigned long flags;
	int err = 0;

	local_irq_save(flags);
	if (hvk_el2_is_owning() && !hvk_el2_is_held_off())
		err = hvk_el2_take_here(true);
	local_irq_restore(flags);
	return err;
}

static int cpu_leaves(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	/* No check whether KVM took EL2 back: the CPU goes offline. */
	hvk_el2_release_here(true);
	local_irq_restore(flags);
	return 0;
}

/*
 * Deep idle: EL2's state may be lost, and the CPU resumes with the stub at EL2. Interrupts
 * are off. Runs after KVM's notifier in both directions. On the way in, our image has
 * answered KVM's RESET_VECTORS without carrying it out; on the way out, KVM has installed
 * itself, and we take EL2 from it again.
 */
static int pm_cpu(struct notifier_block *nb, unsigned long action, void *data)
{
	if (this_cpu_ptr(&hvk_el2_pcpu)->handing_back)
		return NOTIFY_OK;

	switch (action) {
	case CPU_PM_ENTER:
		if (hvk_el2_is_owning())
			hvk_el2_release_here(false);
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		if (hvk_el2_is_owning() && !hvk_el2_is_held_off() &&
		    hvk_el2_take_here(true))
			pr_err_ratelimited("hvk: EL2 lost on CPU %d\n",
					   smp_processor_id());
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block pm_cpu_nb = {
	.notifier_call = pm_cpu,
	.priority = -10,
};

/*
 * Suspend and hibernation. Hibernation restores the kernel with EL2 code of its own, which
 * it starts from the stub.
 */
static int pm_system(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
	case PM_SUSPEND_PREPARE:
		hvk_el2_hold(HVK_HOLD_SUSPEND);
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
	case PM_POST_SUSPEND:
		hvk_el2_unhold();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block pm_system_nb = { .notifier_call = pm_system };

/* kexec and reboot, which start the next kernel from the stub. */
static int reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	hvk_el2_hold(HVK_HOLD_SHUTDOWN);
	return NOTIFY_OK;
}

static struct notifier_block reboot_nb = { .notifier_call = reboot };

int hvk_el2_power_init(void)
{
	int err;

	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "arm64/hvk:el2",
					cpu_appears, cpu_leaves);
	if (err < 0)
		return err;
	hotplug_state = err;
	err = cpu_pm_register_notifier(&pm_cpu_nb);
	if (err)
		goto no_pm;
	err = register_pm_notifier(&pm_system_nb);
	if (err)
		goto no_system;
	err = register_reboot_notifier(&reboot_nb);
	if (err)
		goto no_reboot;
	return 0;

no_reboot:
	unregister_pm_notifier(&pm_system_nb);
no_system:
	cpu_pm_unregister_notifier(&pm_cpu_nb);
no_pm:
	cpuhp_remove_state_nocalls(hotplug_state);
	return err;
}

void hvk_el2_power_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	unregister_pm_notifier(&pm_system_nb);
	cpu_pm_unregister_notifier(&pm_cpu_nb);
	cpuhp_remove_state_nocalls(hotplug_state);
}
