// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who owns EL2 (EL1): taking it on every CPU when the first VM appears,
 * handing it back after the last, and keeping to both across hotplug, deep
 * idle, hibernation and reboot.
 *
 * First come, first served. While `users` is not zero EL2 is ours on every
 * online CPU; else on none. Changes of that run under own_lock, and on each
 * CPU in one step with interrupts off, so that no CPU is seen on the bare
 * stub while KVM believes that it is installed there.
 *
 * The holder of own_lock needs no time of an ordinary thread on another CPU, so
 * that a real-time thread which never sleeps holds nobody up: EL2 is taken by
 * an interrupt, and handed back by the kernel's stopper threads, which run
 * before every real-time thread. Whoever waits for own_lock in an ioctl can be
 * killed.
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/suspend.h>
#include <linux/wait.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "bringup.h"
#include "cache.h"
#include "el2.h"
#include "hvk_host.h"
#include "kvm_users.h"
#include "pe_traps.h"

static DEFINE_MUTEX(own_lock);
static unsigned int users;		/* VMs; own_lock */
static bool owning;			/* users' wish, for CPUs that appear */
static struct cpumask without_kvm;	/* each CPU changes its own bit */

enum hold { HOLD_NONE, HOLD_SUSPEND, HOLD_SHUTDOWN };
static enum hold hold;
static DECLARE_WAIT_QUEUE_HEAD(hold_wait);

static int hotplug_state;
static char refusal[216];

static void refuse(const char *why)
{
	strscpy(refusal, why, sizeof(refusal));
}

const char *hvk_el2_refusal(void)
{
	return refusal;
}

/* --- one CPU ------------------------------------------------------------- */

/*
 * PSTATE to return to EL1 with: what the exception would have saved. KVM's
 * SOFT_RESTART overwrites SPSR_EL2, so it is made here from what this CPU
 * has (DDI 0487 C5.2.19): DAIF, and PAN, UAO, SSBS, DIT where they exist.
 */
static u64 present_pstate(void)
{
	u64 p = read_sysreg(daif) | 5 /* EL1h */;
	u64 mmfr1 = read_sysreg_s(SYS_ID_AA64MMFR1_EL1);
	u64 mmfr2 = read_sysreg_s(SYS_ID_AA64MMFR2_EL1);
	u64 pfr0 = read_sysreg_s(SYS_ID_AA64PFR0_EL1);
	u64 pfr1 = read_sysreg_s(SYS_ID_AA64PFR1_EL1);

	if (mmfr1 >> 20 & 15)				/* PAN */
		p |= read_sysreg_s(sys_reg(3, 0, 4, 2, 3)) & BIT_ULL(22);
	if (mmfr2 >> 4 & 15)				/* UAO */
		p |= read_sysreg_s(sys_reg(3, 0, 4, 2, 4)) & BIT_ULL(23);
	if (pfr0 >> 48 & 15)				/* DIT */
		p |= read_sysreg_s(sys_reg(3, 3, 4, 2, 5)) & BIT_ULL(24);
	if ((pfr1 >> 4 & 15) == 2)			/* SSBS, by MRS */
		p |= read_sysreg_s(sys_reg(3, 3, 4, 2, 6)) & BIT_ULL(12);
	if ((pfr1 >> 8 & 15) >= 2)			/* MTE: TCO */
		p |= read_sysreg_s(sys_reg(3, 3, 4, 2, 7)) & BIT_ULL(25);
	return p;
}

u64 hvk_el2_soft_restart(phys_addr_t entry, struct hvk_el2_cpu *cpu)
{
	/*
	 * All of it is evaluated before the first register is bound: a call in
	 * between, and be it one of KASAN's, may clobber those that are.
	 */
	u64 self = cpu->self, pstate = present_pstate();
	register u64 x0 asm("x0") = HVK_STUB_SOFT_RESTART;
	register u64 x1 asm("x1") = entry;
	register u64 x2 asm("x2") = self;
	register u64 x3 asm("x3") = 0;
	register u64 x4 asm("x4") = pstate;

	/* The stub passes x2-x4 on as x0-x2: structure, return PC, PSTATE. */
	asm volatile("adr	x3, 1f\n"
		     "hvc	#0\n"
		     "1:"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
		     :
		     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		       "x13", "x14", "x15", "x16", "x17", "cc", "memory");
	return x0;
}

int hvk_el2_take_here(bool from_kvm)
{
	struct hvk_el2_pcpu *p = this_cpu_ptr(&hvk_el2_pcpu);
	struct hvk_pe pe;
	bool kvm = false;

	hvk_bringup_crumb(HVK_CRUMB_PROBE);
	switch (hvk_el2_probe()) {
	case HVK_OWNER_HVK:
		return 0;
	case HVK_OWNER_KVM:
		if (!from_kvm)
			return -EBUSY;
		/* Protected KVM refuses this. */
		hvk_bringup_crumb(HVK_CRUMB_KVM_RESET);
		if (hvk_hvc(HVK_STUB_RESET_VECTORS, 0, 0, 0, 0).x0)
			return -EPERM;
		kvm = true;
		break;
	case HVK_OWNER_STUB:
		break;
	}
	p->cpu->flags = hvk_host_el2_flags();
	p->cpu->bhb_loops = hvk_host_bhb_loops();
	p->cpu->kvm_installed = kvm;
	hvk_pe_read(&pe);
	hvk_pe_fill(p->cpu, &pe);
	p->cpu->host_traps_saved = 0;
	hvk_bringup_crumb(HVK_CRUMB_RESTART);
	/* The take reads it with its MMU off. */
	hvk_dcache_flush(p->cpu, sizeof(*p->cpu));
	hvk_el2_soft_restart(hvk_el2_take_pa, p->cpu);
	if (hvk_el2_probe() != HVK_OWNER_HVK)
		return -EIO;
	hvk_vtimer_cpu_up();
	return 0;
}

int hvk_el2_give_to_kvm_here(void)
{
	struct hvk_el2_pcpu *p = this_cpu_ptr(&hvk_el2_pcpu);

	hvk_bringup_crumb(HVK_CRUMB_GIVE_KVM);
	/* KVM's notifier installs itself again on exit; ours looks away. */
	p->handing_back = true;
	if (!cpu_pm_enter())
		cpu_pm_exit();
	p->handing_back = false;
	if (hvk_el2_probe() == HVK_OWNER_KVM)
		return 0;
	cpumask_set_cpu(smp_processor_id(), &without_kvm);
	return -EIO;
}

/*
 * Interrupts off, in a thread that is bound to this CPU: the GIC's part in
 * cpu_pm_enter() writes active state back, which an IPI's own would upset.
 * -EIO: EL2 is free now, but KVM, whose it was, did not take it.
 */
static int release_here(bool give_to_kvm)
{
	struct hvk_el2_pcpu *p = this_cpu_ptr(&hvk_el2_pcpu);
	bool kvm;

	if (hvk_el2_probe() != HVK_OWNER_HVK)
		return 0;
	kvm = READ_ONCE(p->cpu->kvm_installed);
	hvk_vtimer_cpu_down(kvm);
	hvk_bringup_crumb(HVK_CRUMB_RELEASE);
	hvk_hvc(HVK_EL2_CALL_RELEASE, 0, 0, 0, 0);
	/* Also a KVM whose first VM appeared while EL2 was ours. */
	return give_to_kvm && kvm ? hvk_el2_give_to_kvm_here() : 0;
}

int hvk_el2_release_here(void)
{
	return release_here(true);
}

/* --- every CPU ----------------------------------------------------------- */

static void take_ipi(void *arg)
{
	int err = hvk_el2_take_here(true);

	if (err)
		atomic_set((atomic_t *)arg, err);
}

/* On each CPU, while all of them are stopped; see release_on(). */
static int release_stopped(void *unused)
{
	/* Now, so that no CPU goes to deep idle with EL2 ours and unwanted. */
	if (!users)
		WRITE_ONCE(owning, false);
	return release_here(true);
}

/*
 * Hands EL2 back on those of `cpus` that are online. Sleeps, with own_lock
 * held; cpus_read_lock() must not be, as stop_machine() takes it.
 *
 * stop_machine() gives release_here() the thread that it needs: the stopper of
 * its CPU, which is bound to it, is no interrupt handler, and comes before
 * every real-time thread, so that it waits for preemption to be on and for no
 * one's goodwill. A worker would wait there for as long as a thread of
 * SCHED_FIFO likes to run. The price is that no CPU does anything else until
 * the slowest is through (docs/coexistence.md has the figure). No window of a
 * guest pays it: our guests have ended or are held off, but for the tests'
 * hvk_el2_lose(). Modules have no way that is in every kernel to stop one CPU
 * alone.
 *
 * Hotplug sees `owning` and `hold` as the caller set them: a CPU that comes
 * earlier is among those that are stopped, a later one does not take EL2. One
 * that goes hands EL2 back by itself.
 */
static void release_on(const struct cpumask *cpus)
{
	lockdep_assert_held(&own_lock);
	if (stop_machine(release_stopped, NULL, cpus))
		pr_err_once("hvk: KVM did not take EL2 back on CPU %*pbl and is without it there until that goes offline and online\n",
			    cpumask_pr_args(&without_kvm));
}

/*
 * Needs of other CPUs that they take interrupts. A CPU that is on its way out
 * has handed EL2 back already: cpus_read_lock() keeps it from being asked.
 */
static int take_all(void)
{
	atomic_t failed = ATOMIC_INIT(0);

	lockdep_assert_held(&own_lock);
	cpus_read_lock();
	on_each_cpu(take_ipi, &failed, 1);
	cpus_read_unlock();
	switch (atomic_read(&failed)) {
	case 0:
		return 0;
	case -EPERM:
		refuse("KVM runs in protected mode and keeps EL2; boot with kvm-arm.mode=nvhe");
		break;
	default:
		refuse("EL2 did not answer after the take; see the kernel's log");
		pr_err("hvk: EL2 did not answer after the take\n");
		break;
	}
	release_on(cpu_online_mask);
	return atomic_read(&failed);
}

/* 0, -EBUSY with the reason, or -EINTR: the caller is being killed. */
static int kvm_is_idle(const char *why_not)
{
	int busy = hvk_kvm_has_vms();

	if (busy <= 0)
		return busy;
	refuse(why_not);
	return -EBUSY;
}

static int first_user(void)
{
	int err;

	err = kvm_is_idle("KVM has virtual machines; end them, then try again");
	if (err)
		return err;
	/* A CPU that appears from now on takes EL2 by itself. */
	WRITE_ONCE(owning, true);
	if (hold == HOLD_NONE)	/* else hold_end() takes it */
		err = take_all();
	if (!err)
		refuse("");
	return err;
}

int hvk_el2_ladder_begin(void)
{
	int err;

	if (mutex_lock_killable(&own_lock))
		return -EINTR;
	cpus_read_lock();
	err = kvm_is_idle("KVM has virtual machines; end them, then try again");
	if (!err && hold != HOLD_NONE)
		err = -EBUSY;
	if (err)
		hvk_el2_ladder_end();
	return err;
}

void hvk_el2_ladder_end(void)
{
	cpus_read_unlock();
	mutex_unlock(&own_lock);
}

int hvk_el2_get(void)
{
	int err = 0;

	if (mutex_lock_killable(&own_lock))
		return -EINTR;
	if (hvk_bringup_only()) {
		err = -EPERM;
		refuse("take_only is set, for bring-up: no VMs; rmmod hvk, then insmod it without");
	} else if (hold == HOLD_SHUTDOWN) {
		err = -ESHUTDOWN;
		refuse("the host is shutting down");
	} else if (!users) {
		err = first_user();
	}
	if (!err)
		users++;
	mutex_unlock(&own_lock);
	return err;
}

void hvk_el2_put(void)
{
	mutex_lock(&own_lock);
	if (!--users)
		release_on(cpu_online_mask);
	mutex_unlock(&own_lock);
}

unsigned int hvk_el2_users(void)
{
	return READ_ONCE(users);
}

int hvk_el2_lose(unsigned int cpu)
{
	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -EINVAL;
	mutex_lock(&own_lock);
	release_on(cpumask_of(cpu));
	mutex_unlock(&own_lock);
	return 0;
}

int hvk_el2_reclaim(void)
{
	int err;

	if (mutex_lock_killable(&own_lock))
		return -EINTR;
	err = kvm_is_idle("KVM took EL2 and has virtual machines; end them");
	if (!err && hold == HOLD_NONE)	/* else the caller waits */
		err = take_all();
	mutex_unlock(&own_lock);
	return err;
}

/* --- hold-off ------------------------------------------------------------ */

bool hvk_el2_is_held_off(void)
{
	return READ_ONCE(hold) != HOLD_NONE;
}

int hvk_el2_wait(void)
{
	int err;

	err = wait_event_interruptible(hold_wait,
				       READ_ONCE(hold) != HOLD_SUSPEND);
	if (err)
		return -EINTR;
	return READ_ONCE(hold) == HOLD_SHUTDOWN ? -ESHUTDOWN : 0;
}

/* Nobody enters a guest any more; EL2 is KVM's or the stub's on every CPU. */
static void hold_begin(enum hold why)
{
	mutex_lock(&own_lock);
	WRITE_ONCE(hold, why);
	/* Without VMs EL2 is ours nowhere: no CPU needs to be asked. */
	if (users)
		release_on(cpu_online_mask);
	mutex_unlock(&own_lock);
}

static void hold_end(void)
{
	mutex_lock(&own_lock);
	WRITE_ONCE(hold, HOLD_NONE);
	if (users)
		take_all();
	mutex_unlock(&own_lock);
	wake_up_all(&hold_wait);
}

/* --- the kernel's notifiers ---------------------------------------------- */

/* On the CPU that appears, after KVM's own callback; and before its going. */
static int cpu_appears(unsigned int cpu)
{
	unsigned long flags;
	int err = 0;

	local_irq_save(flags);
	if (READ_ONCE(owning) && hold == HOLD_NONE)
		err = hvk_el2_take_here(true);
	local_irq_restore(flags);
	return err;
}

static int cpu_leaves(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	/* Whether KVM took it for its last moments here matters to nobody. */
	release_here(true);
	local_irq_restore(flags);
	return 0;
}

/*
 * Deep idle: EL2's state may be lost, and the firmware resumes on the stub.
 * Interrupts are off. Runs after KVM's notifier in both directions: KVM's
 * reset on the way in was answered and not obeyed; on the way out KVM has
 * installed itself, and we take EL2 from it again.
 */
static int pm_cpu(struct notifier_block *nb, unsigned long action, void *data)
{
	if (this_cpu_ptr(&hvk_el2_pcpu)->handing_back)
		return NOTIFY_OK;

	switch (action) {
	case CPU_PM_ENTER:
		if (READ_ONCE(owning))
			release_here(false);
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		if (READ_ONCE(owning) && hold == HOLD_NONE &&
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

/* Hibernation copies the kernel with its own EL2 code from the stub. */
static int pm_system(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
	case PM_SUSPEND_PREPARE:
		hold_begin(HOLD_SUSPEND);
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
	case PM_POST_SUSPEND:
		hold_end();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block pm_system_nb = { .notifier_call = pm_system };

/* kexec and reboot start the next kernel from the stub. */
static int reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	hold_begin(HOLD_SHUTDOWN);
	wake_up_all(&hold_wait);
	return NOTIFY_OK;
}

static struct notifier_block reboot_nb = { .notifier_call = reboot };

int hvk_el2_own_init(void)
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

/* No VM is left: EL2 was handed back with the last one. */
void hvk_el2_own_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	unregister_pm_notifier(&pm_system_nb);
	cpu_pm_unregister_notifier(&pm_cpu_nb);
	cpuhp_remove_state_nocalls(hotplug_state);
}
