// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ladder (EL1): takes EL2 of one CPU step by step, for the first boot on hardware
 * that nobody has tried. `insmod hvk.ko take_only=CPU` gives a module without VMs and a
 * file, /sys/kernel/debug/hvk/bringup (root only):
 *
 *   write	a rung's name: "probe", "restart", "mmu", "tlbi", "guest"; optionally
 *		followed by a way to make it fail, to see the report: "mmu lost".
 *		Returns when the rung is over: EIO if it failed; EBUSY if KVM has
 *		VMs, if the host is about to sleep or to shut down, or if the thread
 *		did not begin on that CPU in time; ENODEV if that CPU is offline or
 *		was lost before
 *   read	the last rung's result, in lines "name: value"
 *
 * A rung runs in a thread on its CPU. The writer moves to another CPU first and waits
 * there in a loop that reads the time: timers, IPIs and workers may depend on the CPU
 * that is lost. After a second without an answer it prints how far that CPU got.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/uaccess.h>

#include <asm/cputype.h>

#include "base/cache.h"
#include "bringup/bringup.h"
#include "el2/crumb.h"
#include "el2/own.h"
#include "el2/pages.h"
#include "el2/pcpu.h"

static int take_only = -1;
module_param(take_only, int, 0444);
MODULE_PARM_DESC(take_only, "for bring-up: no VMs; EL2 is taken on this CPU alone, by /sys/kernel/debug/hvk/bringup");

#define BEGIN_NS	(30 * NSEC_PER_SEC)	/* the thread has to begin by then */
#define ANSWER_NS	NSEC_PER_SEC		/* no answer by then is reported */
#define LOST_NS		(4 * NSEC_PER_SEC)	/* and after this, too, the CPU is given up */

enum outcome { NONE, PASSED, FAILED, BUSY, LOST };
static const char *const outcome_names[] = {
	[NONE] = "none", [PASSED] = "passed", [FAILED] = "failed",
	[BUSY] = "busy", [LOST] = "lost",
};

static DEFINE_MUTEX(ladder_lock);	/* taken before el2/own.c's own_lock */
static struct hvk_climb climb;		/* a lost CPU uses it for ever */
static enum outcome outcome;		/* ladder_lock */
static u64 took_ns;			/* ladder_lock */
static struct hvk_el2_crumb last;	/* ladder_lock */
static int lost_cpu = -1;

/*
 * By breadcrumb (HVK_CRUMB_*): what the CPU was last seen doing, and the likely cause if
 * it gets no further.
 */
static const struct {
	const char *seen, *means;
} crumbs[HVK_CRUMB_NR] = {
	[HVK_CRUMB_NONE] = {
		"nothing", "the thread on that CPU did not begin" },
	[HVK_CRUMB_PROBE] = {
		"asks by HVC who answers at EL2",
		"HVC does not return: firmware has EL2, or has switched HVC off" },
	[HVK_CRUMB_KVM_RESET] = {
		"tells KVM to give EL2 up", "KVM does not return from it" },
	[HVK_CRUMB_RESTART] = {
		"calls SOFT_RESTART",
		"EL2 does not reach hvk's image: not branched to, or not in memory (caches)" },
	[HVK_CRUMB_BOUNCE] = {
		"is at EL2, MMU off, about to return",
		"ERET to EL1 fails: return address, PSTATE or HCR_EL2" },
	[HVK_CRUMB_TAKE] = {
		"is at EL2, MMU off, in the take",
		"EL2's translation registers or its TLB and cache invalidation" },
	[HVK_CRUMB_MMU_GOES_ON] = {
		"is at EL2, its MMU about to go on",
		"with it on not one fetch works: EL2's tables, TCR, MAIR or SCTLR" },
	[HVK_CRUMB_MMU_ON] = {
		"is at EL2 with its MMU on", "saving the host's registers of EL2" },
	[HVK_CRUMB_TAKEN] = {
		"is at EL2, about to return from the take",
		"ERET to EL1 fails, or the first call into hvk's vectors" },
	[HVK_CRUMB_TLBI_EL2] = {
		"calls TLBI_EL2", "TLBI ALLE2IS or its DSB does not complete" },
	[HVK_CRUMB_TLBI_ALL] = {
		"calls TLBI_ALL", "TLBI ALLE1IS or its DSB does not complete" },
	[HVK_CRUMB_TLBI_VMID] = {
		"calls TLBI_VMID",
		"TLBI VMALLS12E1IS, or the way back from the guest's VMID" },
	[HVK_CRUMB_TLBI_IPA] = {
		"calls TLBI_IPA",
		"TLBI IPAS2E1IS, or the way back from the guest's VMID" },
	[HVK_CRUMB_TLBI_LOCAL] = {
		"calls TLBI_LOCAL",
		"TLBI VMALLE1, or the way back from the guest's VMID" },
	[HVK_CRUMB_GUEST] = {
		"enters the guest",
		"the world switch, or a guest that never traps: HCR_EL2, stage 2" },
	[HVK_CRUMB_GUEST_LEFT] = {
		"is back from the guest", "the host's registers of EL1 are not its own" },
	[HVK_CRUMB_RELEASE] = {
		"calls RELEASE", "EL2 does not get as far as its registers" },
	[HVK_CRUMB_MMU_GOES_OFF] = {
		"is at EL2, its MMU about to go off",
		"nothing can be fetched with it off: caches" },
	[HVK_CRUMB_MMU_OFF] = {
		"is at EL2 with its MMU off, about to return",
		"ERET to EL1 fails, or the stub's vectors are not back" },
	[HVK_CRUMB_GIVE_KVM] = {
		"has KVM take EL2 again",
		"KVM's or the GIC's part in cpu_pm_enter(), cpu_pm_exit()" },
	[HVK_CRUMB_OVER] = { "is done", "the thread's end" },
};

bool hvk_bringup_only(void)
{
	return take_only >= 0;
}

int hvk_bringup_lost_cpu(void)
{
	return READ_ONCE(lost_cpu);
}

/* --- on the CPU itself --------------------------------------------------- */

static bool is_climbing_here(void)
{
	return atomic_read(&climb.state) == HVK_CLIMB_CLIMBING &&
	       climb.cpu == smp_processor_id();
}

static void crumb(u64 stage)
{
	if (is_climbing_here() && climb.alone)
		pr_emerg("hvk: bring-up: CPU %u %s\n", climb.cpu,
			 crumbs[stage].seen);
}

/* EL2 of this CPU has faulted. Does not return if another CPU is there to report it. */
static void fault(void)
{
	if (!is_climbing_here() || climb.alone)
		return;
	/* EL2 has written its ESR and ELR to the breadcrumb. */
	atomic_set_release(&climb.state, HVK_CLIMB_FAULTED);
	/* This CPU's state cannot be trusted any more: it stands still. */
	for (;;)
		wfe();
}

static const struct hvk_el2_watcher watcher = {
	.crumb = crumb,
	.fault = fault,
};

static int taker(void *unused)
{
	struct hvk_climb *c = &climb;
	struct hvk_el2_cpu *cpu;

	if (atomic_cmpxchg(&c->state, HVK_CLIMB_ASKED, HVK_CLIMB_CLIMBING) !=
	    HVK_CLIMB_ASKED) {
		/*
		 * Too late: watch() has given up. It left us its reference to the
		 * module, and the memory to free.
		 */
		hvk_rung_clean_up(c);
		atomic_set(&c->state, HVK_CLIMB_IDLE);
		module_put_and_kthread_exit(0);
	}
	preempt_disable();
	local_irq_disable();
	cpu = this_cpu_ptr(&hvk_el2_pcpu)->cpu;
	cpu->crumb = (struct hvk_el2_crumb){};
	c->midr = read_cpuid_id();
	c->err = c->rung->climb(c);
	hvk_el2_crumb(HVK_CRUMB_OVER);
	local_irq_enable();
	preempt_enable();
	/* Release: the rung's result is visible with the state; pairs with leaves(). */
	atomic_set_release(&c->state, HVK_CLIMB_DONE);
	return 0;
}

/* --- on another ---------------------------------------------------------- */

/*
 * Whether the climb leaves the state `from` within ns. Polls instead of sleeping, for the
 * reason given at the top; a rung takes microseconds.
 */
static bool leaves(enum hvk_climb_state from, u64 ns)
{
	u64 end = ktime_get_ns() + ns;

	while (atomic_read_acquire(&climb.state) == from) {
		if (ktime_get_ns() > end)
			return false;
		cond_resched();
		cpu_relax();
	}
	return true;
}

static void read_crumb(void)
{
	struct hvk_el2_cpu *cpu = per_cpu_ptr(&hvk_el2_pcpu, climb.cpu)->cpu;

	/* EL2 may have written it past the caches: drop the old line that they hold. */
	hvk_dcache_flush(&cpu->crumb, sizeof(cpu->crumb));
	last.stage = min_t(u64, READ_ONCE(cpu->crumb.stage), HVK_CRUMB_NR - 1);
	last.esr = READ_ONCE(cpu->crumb.esr);
	last.elr = READ_ONCE(cpu->crumb.elr);
}

static const char *meaning(void)
{
	if (last.esr)
		return "EL2 trapped there: esr and elr, an offset in its image, say on what";
	return crumbs[last.stage].means;
}

static void tell(const char *what)
{
	read_crumb();
	pr_emerg("hvk: bring-up: CPU %u %s on rung %s\n", climb.cpu, what,
		 climb.rung->name);
	pr_emerg("hvk: bring-up: last seen: stage %llu: %s; esr %#llx elr %#llx (image+%#llx)\n",
		 last.stage, crumbs[last.stage].seen, last.esr, last.elr,
		 last.elr ? hvk_el2_image_offset(last.elr) : 0);
	pr_emerg("hvk: bring-up: that means: %s\n", meaning());
}

static void give_up(void)
{
	WRITE_ONCE(lost_cpu, climb.cpu);
	/* Never unload: that CPU may execute the module, or its image, for ever. */
	__module_get(THIS_MODULE);
	pr_emerg("hvk: bring-up: CPU %u (MIDR %#x) is lost: report these lines, then reboot the machine\n",
		 climb.cpu, climb.midr);
}

static enum outcome watch(void)
{
	/* A reference for the thread, which keeps it if it is given up: taker(). */
	__module_get(THIS_MODULE);
	if (!leaves(HVK_CLIMB_ASKED, BEGIN_NS) &&
	    atomic_cmpxchg(&climb.state, HVK_CLIMB_ASKED, HVK_CLIMB_GIVEN_UP) ==
	    HVK_CLIMB_ASKED)
		return BUSY;
	module_put(THIS_MODULE);

	if (!leaves(HVK_CLIMB_CLIMBING, ANSWER_NS)) {
		tell("has not answered for a second");
		if (!leaves(HVK_CLIMB_CLIMBING, LOST_NS)) {
			give_up();
			return LOST;
		}
		pr_emerg("hvk: bring-up: CPU %u has answered after all\n",
			 climb.cpu);
	}
	if (atomic_read(&climb.state) == HVK_CLIMB_FAULTED) {
		tell("has trapped at EL2");
		give_up();
		return LOST;
	}
	read_crumb();
	return climb.err ? FAILED : PASSED;
}

/*
 * Runs the rung and sets `outcome`. ladder_lock is held, and EL2 is reserved
 * (hvk_el2_ladder_begin()). 0, or an errno if the rung was not tried.
 */
static int run_rung(void)
{
	struct task_struct *thread;
	u64 begun;
	int err;

	err = hvk_rung_prepare(&climb);
	if (err)
		return err;
	thread = kthread_create(taker, NULL, "hvk-bringup/%u", climb.cpu);
	if (IS_ERR(thread)) {
		hvk_rung_clean_up(&climb);
		return PTR_ERR(thread);
	}
	kthread_bind(thread, climb.cpu);
	/* So that it preempts ordinary threads that are busy there. */
	sched_set_fifo(thread);
	get_task_struct(thread);
	atomic_set_release(&climb.state, HVK_CLIMB_ASKED);
	begun = ktime_get_ns();
	wake_up_process(thread);
	/* With only one CPU the thread is done before this one runs again. */
	outcome = watch();
	took_ns = ktime_get_ns() - begun;
	if (outcome == PASSED || outcome == FAILED) {
		kthread_stop(thread);	/* it has ended already */
		atomic_set(&climb.state, HVK_CLIMB_IDLE);
	}
	put_task_struct(thread);
	/* A lost CPU, or a thread that is late, still uses the memory. */
	if (outcome == PASSED || outcome == FAILED)
		hvk_rung_clean_up(&climb);
	return 0;
}

static cpumask_t before, others;	/* ladder_lock */

/* Moves this thread to CPUs other than the climb's; false if no other is online. */
static bool step_aside(void)
{
	cpumask_copy(&before, current->cpus_ptr);
	cpumask_andnot(&others, cpu_online_mask, cpumask_of(climb.cpu));
	return !set_cpus_allowed_ptr(current, &others);
}

static void start_anew(const struct hvk_rung *rung, enum hvk_rung_fail fail)
{
	outcome = NONE;
	last = (struct hvk_el2_crumb){};
	climb.rung = rung;
	climb.fail = fail;
	climb.cpu = take_only;
	climb.midr = 0;
	climb.err = 0;
	climb.esr = 0;
	climb.elr = 0;
	climb.says[0] = '\0';
}

static int climb_rung(const struct hvk_rung *rung, enum hvk_rung_fail fail)
{
	int err;

	lockdep_assert_held(&ladder_lock);
	if (lost_cpu >= 0)
		return -ENODEV;
	if (atomic_read(&climb.state) != HVK_CLIMB_IDLE)
		return -EBUSY;
	err = hvk_el2_ladder_begin();
	if (err)
		return err;
	if (!cpu_online(take_only)) {
		err = -ENODEV;
		goto out;
	}
	start_anew(rung, fail);
	climb.alone = !step_aside();
	if (climb.alone)
		pr_emerg("hvk: bring-up: there is no other CPU to tell where this one stops: each stage is told before it is tried\n");
	err = run_rung();
	if (!climb.alone && lost_cpu < 0)
		set_cpus_allowed_ptr(current, &before);
	if (!err)
		err = outcome == PASSED ? 0 : outcome == BUSY ? -EBUSY : -EIO;
out:
	hvk_el2_ladder_end();
	return err;
}

/* --- the file ------------------------------------------------------------ */

static int bringup_show(struct seq_file *m, void *unused)
{
	const struct hvk_rung *rung;
	u64 esr, elr;

	seq_puts(m, "rungs:");
	for (rung = hvk_rungs; rung->name; rung++)
		seq_printf(m, " %s", rung->name);
	seq_printf(m, "\ncpu: %d\n", take_only);
	mutex_lock(&ladder_lock);
	seq_printf(m, "result: %s\n", outcome_names[outcome]);
	if (outcome != NONE) {
		esr = last.esr ?: climb.esr;
		elr = last.esr ? last.elr : climb.elr;
		seq_printf(m, "rung: %s\nmidr: %#x\nmicroseconds: %llu\n",
			   climb.rung->name, climb.midr, took_ns / NSEC_PER_USEC);
		seq_printf(m, "stage: %llu: %s\nesr: %#llx\nelr: %#llx\n",
			   last.stage, crumbs[last.stage].seen, esr, elr);
	}
	if (outcome == LOST)
		seq_printf(m, "says: %s\n", meaning());
	else if (outcome == BUSY)
		seq_printf(m, "says: CPU %u does not get to it: a real-time thread has it\n",
			   climb.cpu);
	else if (outcome != NONE)
		seq_printf(m, "says: %s\n", climb.says);
	mutex_unlock(&ladder_lock);
	return 0;
}

static int bringup_open(struct inode *inode, struct file *file)
{
	return single_open(file, bringup_show, NULL);
}

static int parse(char *text, const struct hvk_rung **rung,
		 enum hvk_rung_fail *fail)
{
	static const char *const fails[] = {
		[HVK_FAIL_LOST] = "lost", [HVK_FAIL_FAULT] = "fault",
		[HVK_FAIL_OVERFLOW] = "overflow",
	};
	char *name = strim(text), *how = strchr(name, ' ');
	int i;

	if (how)
		*how++ = '\0';
	for (*rung = hvk_rungs; (*rung)->name; (*rung)++)
		if (!strcmp((*rung)->name, name))
			break;
	if (!(*rung)->name)
		return -EINVAL;
	*fail = HVK_FAIL_NONE;
	if (!how)
		return 0;
	i = match_string(fails + 1, ARRAY_SIZE(fails) - 1, how);
	if (i < 0 || !(*rung)->takes)
		return -EINVAL;
	*fail = i + 1;
	/* Only RUN pushes enough to overflow the stack. */
	if (*fail == HVK_FAIL_OVERFLOW && strcmp(name, "guest"))
		return -EINVAL;
	return 0;
}

static ssize_t bringup_write(struct file *file, const char __user *from,
			     size_t size, loff_t *offset)
{
	const struct hvk_rung *rung;
	enum hvk_rung_fail fail;
	char text[32] = {};
	int err;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	err = parse(text, &rung, &fail);
	if (err)
		return err;
	err = mutex_lock_interruptible(&ladder_lock);
	if (err)
		return err;
	err = climb_rung(rung, fail);
	mutex_unlock(&ladder_lock);
	return err ? err : size;
}

static const struct file_operations bringup_fops = {
	.owner = THIS_MODULE,
	.open = bringup_open,
	.read = seq_read,
	.write = bringup_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void hvk_bringup_debugfs(struct dentry *dir)
{
	if (hvk_bringup_only())
		debugfs_create_file("bringup", 0600, dir, NULL, &bringup_fops);
}

/* --- at load ------------------------------------------------------------- */

int hvk_bringup_init(void)
{
	if (take_only < 0)
		return 0;
	if (take_only >= nr_cpu_ids || !cpu_online(take_only)) {
		pr_err("hvk: take_only=%d: no such CPU is online\n", take_only);
		return -EINVAL;
	}
	hvk_el2_watch(&watcher);
	hvk_el2_forbid("take_only is set, for bring-up: no VMs; rmmod hvk, then insmod it without");
	return 0;
}
