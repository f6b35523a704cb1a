// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who owns EL2 (EL1): EL2 is taken on every CPU when the first VM is created, and handed
 * back after the last one. el2/take.c does that on one CPU; el2/power.c keeps it so
 * across hotplug, deep idle, hibernation and reboot.
 *
 * First come, first served: hvk and KVM have EL2 only while the other has no VMs. While
 * `users` is not zero, and no suspend or shutdown holds us off, EL2 is ours on every
 * online CPU; else on none. Changes of that run under own_lock, and on each CPU in one
 * step with interrupts off, so that nobody finds a CPU with the bare stub while KVM
 * believes that it is installed there.
 *
 * The holder of own_lock never waits for an ordinary thread on another CPU, so that a
 * real-time thread there which never sleeps cannot hold it up: EL2 is taken by an IPI,
 * and handed back by the kernel's stopper threads, which preempt every real-time thread.
 * An ioctl that waits for own_lock can be killed.
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/wait.h>

#include "el2/call.h"
#include "el2/kvm_users.h"
#include "el2/own.h"
#include "el2/take.h"

static DEFINE_MUTEX(own_lock);
static unsigned int users;		/* number of VMs; own_lock */
static bool owning;			/* a CPU that appears has to take EL2 */

static enum hvk_el2_hold hold;
static DECLARE_WAIT_QUEUE_HEAD(hold_wait);

static const char *forbidden;	/* why there are no VMs at all, or NULL */
/* A constant string, so that it can be read without a lock; own_lock to write. */
static const char *refusal = "";

static void refuse(const char *why)
{
	lockdep_assert_held(&own_lock);
	WRITE_ONCE(refusal, why);
}

const char *hvk_el2_refusal(void)
{
	return READ_ONCE(refusal);
}

void hvk_el2_forbid(const char *why)
{
	forbidden = why;
}

/* --- every CPU ----------------------------------------------------------- */

static void take_ipi(void *arg)
{
	int err = hvk_el2_take_here(true);

	if (err)
		atomic_set((atomic_t *)arg, err);
}

/* Runs on each CPU while all CPUs are stopped; see release_on(). */
static int release_stopped(void *unused)
{
	/* Not earlier, or a CPU could enter deep idle without handing EL2 back: pm_cpu(). */
	if (!users)
		WRITE_ONCE(owning, false);
	return hvk_el2_release_here(true);
}

/*
 * Hands EL2 back on those of `cpus` that are online. Sleeps. own_lock is held;
 * cpus_read_lock() is not, because stop_machine() takes it.
 *
 * hvk_el2_release_here() has to run in a thread that is bound to its CPU, not in an
 * interrupt handler. stop_machine() runs it in each CPU's stopper thread, which preempts
 * every real-time thread, so that it only waits until preemption is enabled. A worker
 * would wait as long as a SCHED_FIFO thread keeps running. The price is that no CPU does
 * anything else until the slowest one is done (docs/coexistence.md has the figure). No
 * guest loses time of its windows by that: our guests have ended or are held off, except
 * with hvk_el2_lose(), which is for tests. No function that every kernel exports to
 * modules stops just one CPU.
 *
 * Hotplug acts on `owning` and `hold` as the caller set them: a CPU that comes online
 * before the stop is among those stopped, one that comes later does not take EL2. A CPU
 * that goes offline hands EL2 back by itself.
 */
static void release_on(const struct cpumask *cpus)
{
	lockdep_assert_held(&own_lock);
	if (stop_machine(release_stopped, NULL, cpus))
		pr_err_once("hvk: KVM did not take EL2 back on CPU %*pbl and is without it there until that goes offline and online\n",
			    cpumask_pr_args(&hvk_el2_without_kvm));
}

/*
 * Takes EL2 on every online CPU, by IPI: other CPUs only have to take interrupts. A CPU
 * that is going offline has handed EL2 back already; cpus_read_lock() keeps it out. 0, and
 * no reason is noted any more; or errno: then EL2 was handed back everywhere, and the
 * reason is noted.
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
		refuse("");
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

/*
 * Checks that KVM has no VMs, which does not matter if the kernel is at EL2 itself: 0, and no
 * reason is noted any more; -EBUSY (`why_not` is noted), or -EINTR if the caller is being killed.
 */
static int kvm_is_idle(const char *why_not)
{
	int busy = hvk_el2_is_vhe() ? 0 : hvk_kvm_has_vms();

	if (busy < 0)
		return busy;
	refuse(busy ? why_not : "");
	return busy ? -EBUSY : 0;
}

static int first_user(void)
{
	int err;

	err = kvm_is_idle("KVM has virtual machines; end them, then try again");
	if (err)
		return err;
	/* A CPU that appears from now on takes EL2 by itself. */
	WRITE_ONCE(owning, true);
	if (hold == HVK_HOLD_NONE)	/* else hvk_el2_unhold() takes it */
		err = take_all();
	return err;
}

int hvk_el2_ladder_begin(void)
{
	int err;

	if (mutex_lock_killable(&own_lock))
		return -EINTR;
	cpus_read_lock();
	err = kvm_is_idle("KVM has virtual machines; end them, then try again");
	if (!err && hold != HVK_HOLD_NONE) {
		err = -EBUSY;
		refuse("the host is about to sleep or to shut down");
	}
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
	if (forbidden) {
		err = -EPERM;
		refuse(forbidden);
	} else if (hold == HVK_HOLD_SHUTDOWN) {
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
	if (!err && hold == HVK_HOLD_NONE)	/* else the caller waits until the hold is over */
		err = take_all();
	mutex_unlock(&own_lock);
	return err;
}

/* --- hold-off ------------------------------------------------------------ */

bool hvk_el2_is_owning(void)
{
	return READ_ONCE(owning);
}

bool hvk_el2_is_held_off(void)
{
	return READ_ONCE(hold) != HVK_HOLD_NONE;
}

int hvk_el2_wait(void)
{
	int err;

	err = wait_event_interruptible(hold_wait,
				       READ_ONCE(hold) != HVK_HOLD_SUSPEND);
	if (err)
		return -EINTR;
	return READ_ONCE(hold) == HVK_HOLD_SHUTDOWN ? -ESHUTDOWN : 0;
}

void hvk_el2_hold(enum hvk_el2_hold why)
{
	mutex_lock(&own_lock);
	WRITE_ONCE(hold, why);
	/* Without VMs EL2 is ours on no CPU: there is nothing to hand back. */
	if (users)
		release_on(cpu_online_mask);
	mutex_unlock(&own_lock);
	/* Waiters for the end of a suspend: on a shutdown hvk_el2_wait() gives up. */
	wake_up_all(&hold_wait);
}

void hvk_el2_unhold(void)
{
	mutex_lock(&own_lock);
	WRITE_ONCE(hold, HVK_HOLD_NONE);
	if (users)
		take_all();
	mutex_unlock(&own_lock);
	wake_up_all(&hold_wait);
}

int hvk_el2_lost(void)
{
	int err;

	if (hvk_el2_is_held_off())
		return -EAGAIN;
	/* From the stub only, which is at EL2 after a loss of power; not from KVM. */
	err = hvk_el2_take_here(false);
	return err ? err : -EAGAIN;
}
