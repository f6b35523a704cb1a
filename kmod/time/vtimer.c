// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic timers of a vCPU (EL1).
 *
 * CNTV is the guest's own while it runs: EL2 loads it at the entry and silences it at
 * the exit. Its interrupt ends guest mode; the module then finds it asserted by
 * comparing CVAL with the count, and injects it through a list register with HW = 1.
 * From then on the physical PPI's active state keeps it from ending guest mode again:
 * at each entry the PPI has to be active if the line is asserted or the virtual
 * interrupt is active, and else inactive. The module remembers that state and writes it
 * only if it may differ. It is HVK_PPI_UNKNOWN after what may have changed it: the guest's
 * deactivation, or a late interrupt that the host's handler took and left active.
 *
 * CNTP traps. While the guest runs EL2 has CNTHP, its own physical timer, fire at the
 * deadline, which ends guest mode; the module then finds the timer asserted, and injects
 * its interrupt as a device's. While the vCPU waits an hrtimer stands in for either timer.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/uaccess.h>

#include <asm/arch_timer.h>
#include <asm/sysreg.h>

#include "base/compat.h"
#include "base/host.h"
#include "core/kick.h"
#include "el2/call.h"
#include "el2/take.h"
#include "irq/direct.h"
#include "irq/lr.h"
#include "irq/vgic.h"
#include "time/counter.h"
#include "time/vtimer.h"

/* By which a kernel at EL2 accesses EL1's CNTV_CTL_EL0 (DDI 0487 D8.1.8). */
#define HVK_CNTV_CTL_EL02	sys_reg(3, 5, 14, 3, 1)

struct cpu_irqs {
	/* By cpu_up(): cpu_down() undoes it. */
	bool enabled_timer, enabled_htimer, enabled_maint;
	bool watch;		/* KVM may disable them at any time */
};

static DEFINE_PER_CPU(struct cpu_irqs, cpu_irqs);
static bool own_timer_irq, own_htimer_irq, own_maint_irq;	/* requested by us */

static u64 *ctl_of(const struct hvk_vtimer *t)
{
	return &t->vcpu->ctx->sys[t->id == HVK_TIMER_VIRT ?
				  HVK_SYS_CNTV_CTL_EL0 : HVK_SYS_CNTP_CTL_EL0];
}

static u64 *cval_of(const struct hvk_vtimer *t)
{
	return &t->vcpu->ctx->sys[t->id == HVK_TIMER_VIRT ?
				  HVK_SYS_CNTV_CVAL_EL0 : HVK_SYS_CNTP_CVAL_EL0];
}

static u64 count_of(const struct hvk_vtimer *t)
{
	return t->id == HVK_TIMER_VIRT ? hvk_vtimer_count(t->vcpu) :
					 hvk_ptimer_count(t->vcpu);
}

static __always_inline bool armed(const struct hvk_vtimer *t)
{
	return (*ctl_of(t) & (HVK_TIMER_ENABLE | HVK_TIMER_IMASK)) == HVK_TIMER_ENABLE;
}

/* The level of the timer's output now (DDI 0487 D11.2.4). */
static __always_inline bool asserted(const struct hvk_vtimer *t)
{
	return armed(t) && count_of(t) >= *cval_of(t);
}

static void update_line(struct hvk_vtimer *t, bool line)
{
	if (t->line == line)
		return;
	t->line = line;
	if (t->id == HVK_TIMER_PHYS)
		t->vcpu->ctx->fast.phys_line = line;
	hvk_vgic_inject(t->vcpu->vm, t->vcpu,
			t->vcpu->vm->timer_intid[t->id], line);
}

/* --- hrtimers -------------------------------------------------------------- */

/*
 * The time until the timer's deadline, but at most a day, after which expired() looks
 * again.
 */
static ktime_t until(const struct hvk_vtimer *t)
{
	u64 now = count_of(t), cval = *cval_of(t);
	u64 ticks = cval > now ? cval - now : 0;

	ticks = min_t(u64, ticks, 86400ULL * hvk_host.cntfrq);
	return ns_to_ktime(mul_u64_u32_div(ticks, NSEC_PER_SEC,
					   hvk_host.cntfrq) + 1);
}

static enum hrtimer_restart expired(struct hrtimer *hrt)
{
	struct hvk_vtimer *t = container_of(hrt, struct hvk_vtimer, hrt);

	if (!asserted(t)) {	/* a day has passed, or the time was rounded */
		hrtimer_forward_now(hrt, until(t));
		return HRTIMER_RESTART;
	}
	update_line(t, true);
	hvk_vcpu_kick(t->vcpu);
	return HRTIMER_NORESTART;
}

static void start(struct hvk_vtimer *t)
{
	hrtimer_start(&t->hrt, until(t), HRTIMER_MODE_REL_HARD);
}

void hvk_vtimer_poll(struct hvk_vcpu *vcpu)
{
	enum hvk_timer_id id;

	for (id = 0; id < HVK_NR_TIMERS; id++)
		update_line(&vcpu->timer[id], asserted(&vcpu->timer[id]));
}

void hvk_vtimer_block(struct hvk_vcpu *vcpu)
{
	enum hvk_timer_id id;

	hvk_vtimer_poll(vcpu);
	for (id = 0; id < HVK_NR_TIMERS; id++)
		if (armed(&vcpu->timer[id]) && !vcpu->timer[id].line)
			start(&vcpu->timer[id]);
}

void hvk_vtimer_unblock(struct hvk_vcpu *vcpu)
{
	enum hvk_timer_id id;

	for (id = 0; id < HVK_NR_TIMERS; id++)
		hrtimer_cancel(&vcpu->timer[id].hrt);
}

/* --- around the guest ------------------------------------------------------ */

static __always_inline void set_active(struct hvk_vtimer *t, bool want)
{
	enum hvk_ppi state = want ? HVK_PPI_ACTIVE : HVK_PPI_INACTIVE;

	if (t->ppi == state)
		return;
	hvk_vgic_ppi_active(hvk_host.vtimer_intid, want);
	t->ppi = state;
}

static bool enable(int irq)
{
	if (irq_percpu_is_enabled(irq))
		return false;
	enable_percpu_irq(irq, irq_get_trigger_type(irq));
	return true;
}

/*
 * The deadline's PPI is KVM's as well, where the kernel is at EL2: KVM has marked it as forwarded
 * to a guest, so that it stays active once the host has taken it.
 */
static void quiet_deadline(void)
{
	if (hvk_el2_is_vhe() && !own_htimer_irq)
		hvk_vgic_ppi_active(hvk_host.htimer_intid, false);
}

void hvk_vtimer_load(struct hvk_vcpu *vcpu, bool comes)
{
	struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_VIRT];
	struct cpu_irqs *irqs = this_cpu_ptr(&cpu_irqs);

	/*
	 * Whoever was here before may have left the PPI active. Nothing asserts it until
	 * the guest is entered, as CNTV is off.
	 */
	t->ppi = HVK_PPI_UNKNOWN;
	if (!t->line && vcpu->vgic.timer && !hvk_vgic_timer_active(vcpu))
		set_active(t, false);
	/*
	 * KVM may have come and gone here since cpu_up(), and have disabled its PPIs:
	 * enables them. CNTHP's is nobody else's.
	 */
	if (irqs->enabled_timer)
		enable(hvk_host.vtimer_irq);
	if (irqs->enabled_maint)
		enable(hvk_host.maint_irq);
	if (comes && irqs->watch) {
		enable(hvk_host.vtimer_irq);
		enable(hvk_host.htimer_irq);
		enable(hvk_host.maint_irq);
	}
	if (comes)
		quiet_deadline();
}

void hvk_vtimer_put(struct hvk_vcpu *vcpu)
{
	/* EL2 has only masked it. */
	if (hvk_el2_is_vhe())
		write_sysreg_s(0, HVK_CNTV_CTL_EL02);
	else
		write_sysreg(0, cntv_ctl_el0);
}

void hvk_vtimer_flush_line(struct hvk_vcpu *vcpu)
{
	struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_VIRT];
	struct hvk_vtimer *phys = &vcpu->timer[HVK_TIMER_PHYS];
	bool line = asserted(t);

	update_line(phys, asserted(phys));

	/* Acquire: pairs with hvk_direct_touch_all(). */
	if (smp_load_acquire(&vcpu->vgic.touched)) {
		WRITE_ONCE(vcpu->vgic.touched, false);
		smp_mb();	/* cleared before GICD_CTLR is read: a later change sets it again */
		/* Again, if any list registers are used: hvk_vgic_flush() follows. */
		hvk_direct_arm(vcpu, 0, true);
	}
	update_line(t, line);
	set_active(t, line || hvk_vgic_timer_active(vcpu));
}

void hvk_vtimer_sync_line(struct hvk_vcpu *vcpu, int exit)
{
	struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_VIRT];
	/*
	 * Computed after EL2 has silenced CNTV: if its output was high at the exit, so
	 * it is here.
	 */
	bool line = asserted(t);

	update_line(&vcpu->timer[HVK_TIMER_PHYS], asserted(&vcpu->timer[HVK_TIMER_PHYS]));
	if (vcpu->timer[HVK_TIMER_PHYS].line)
		quiet_deadline();
	if (vcpu->vgic.timer_fired) {
		/* EL2 has injected the interrupt, and told the vGIC's line of it. */
		t->ppi = HVK_PPI_ACTIVE;
		t->line |= vcpu->vgic.timer_raised;
		vcpu->vgic.timer_fired = false;
		vcpu->vgic.timer_raised = false;
	}
	if (t->ppi == HVK_PPI_ACTIVE) {
		/* The guest's deactivation may have deactivated the physical PPI, too. */
		if (!hvk_vgic_timer_active(vcpu))
			t->ppi = HVK_PPI_UNKNOWN;
	} else if (line || hvk_exit_reason(exit) == HVK_EXIT_IRQ) {
		/*
		 * The host may take the PPI right after the exit, and will leave it
		 * active, because it is marked as forwarded to a guest.
		 */
		t->ppi = HVK_PPI_UNKNOWN;
	}
	/* EL2 of this CPU was not ours: somebody else may have used the PPI. */
	if (exit < 0)
		t->ppi = HVK_PPI_UNKNOWN;
	update_line(t, line);
}

/* --- the physical timer's registers ---------------------------------------- */

u64 hvk_ptimer_read(struct hvk_vcpu *vcpu, unsigned int reg)
{
	struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_PHYS];
	u64 ctl = *ctl_of(t);

	switch (reg) {
	case HVK_SYS_CNTP_CTL_EL0:
		if ((ctl & HVK_TIMER_ENABLE) && count_of(t) >= *cval_of(t))
			ctl |= HVK_TIMER_ISTATUS;
		return ctl;
	case HVK_SYS_CNTP_CVAL_EL0:
		return *cval_of(t);
	default:
		return (u32)(*cval_of(t) - count_of(t));
	}
}

void hvk_ptimer_write(struct hvk_vcpu *vcpu, unsigned int reg, u64 val)
{
	struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_PHYS];

	switch (reg) {
	case HVK_SYS_CNTP_CTL_EL0:
		*ctl_of(t) = val & (HVK_TIMER_ENABLE | HVK_TIMER_IMASK);
		break;
	case HVK_SYS_CNTP_CVAL_EL0:
		*cval_of(t) = val;
		break;
	default:
		*cval_of(t) = count_of(t) + (s32)val;
		break;
	}
	/* Its deadline is for the next entry to arm, or for the next wait. */
	update_line(t, asserted(t));
}

void hvk_ptimer_restart(struct hvk_vcpu *vcpu)
{
	hvk_ptimer_write(vcpu, HVK_SYS_CNTP_CTL_EL0,
			 vcpu->ctx->sys[HVK_SYS_CNTP_CTL_EL0]);
}

/* --- the vCPU's PPIs ------------------------------------------------------- */

static bool virt_level(struct hvk_vcpu *vcpu, u32 intid)
{
	return asserted(&vcpu->timer[HVK_TIMER_VIRT]);
}

int hvk_vtimer_first_run(struct hvk_vcpu *vcpu)
{
	const u32 *intid = vcpu->vm->timer_intid;

	lockdep_assert_held(&vcpu->vm->lock);
	if (intid[HVK_TIMER_VIRT] == intid[HVK_TIMER_PHYS])
		return -EINVAL;
	if (!vcpu->vm->vgic.ready)
		return 0;
	return hvk_vgic_map_phys(vcpu, intid[HVK_TIMER_VIRT],
				 hvk_host.vtimer_intid, virt_level);
}

/* Sets a timer's PPI. -EBUSY once a vCPU has run: the guest may be using it. */
static int set_intid(struct hvk_vm *vm, enum hvk_timer_id id, u32 intid)
{
	int err = 0;

	mutex_lock(&vm->lock);
	if (vm->has_run)
		err = -EBUSY;
	else
		WRITE_ONCE(vm->timer_intid[id], intid);
	mutex_unlock(&vm->lock);
	return err;
}

int hvk_vtimer_attr(struct hvk_vcpu *vcpu, unsigned int cmd,
		    const struct kvm_device_attr *attr)
{
	int __user *user = (int __user *)(unsigned long)attr->addr;
	struct hvk_vm *vm = vcpu->vm;
	enum hvk_timer_id id;
	int intid;

	if (attr->group != KVM_ARM_VCPU_TIMER_CTRL)
		return -ENXIO;
	switch (attr->attr) {
	case KVM_ARM_VCPU_TIMER_IRQ_VTIMER:
		id = HVK_TIMER_VIRT;
		break;
	case KVM_ARM_VCPU_TIMER_IRQ_PTIMER:
		id = HVK_TIMER_PHYS;
		break;
	default:
		return -ENXIO;
	}
	if (cmd == KVM_HAS_DEVICE_ATTR)
		return 0;
	if (cmd == KVM_GET_DEVICE_ATTR)
		return put_user((int)READ_ONCE(vm->timer_intid[id]), user);

	if (!vm->vgic.created)
		return -EINVAL;
	if (get_user(intid, user))
		return -EFAULT;
	if (intid < HVK_NR_SGI || intid >= HVK_NR_PRIVATE)
		return -EINVAL;
	return set_intid(vm, id, intid);
}

/* --- setup and teardown ---------------------------------------------------- */

void hvk_vtimer_vm_init(struct hvk_vm *vm)
{
	/* The PPIs that Arm's BSA assigns to these timers: 11 and 14 (INTID - 16). */
	vm->timer_intid[HVK_TIMER_VIRT] = 27;
	vm->timer_intid[HVK_TIMER_PHYS] = 30;
	/* CNTVCT is 0 as the VM is created. */
	vm->cntvoff = hvk_ptimer_now();
}

void hvk_vtimer_vcpu_init(struct hvk_vcpu *vcpu)
{
	enum hvk_timer_id id;

	for (id = 0; id < HVK_NR_TIMERS; id++) {
		struct hvk_vtimer *t = &vcpu->timer[id];

		t->vcpu = vcpu;
		t->id = id;
		hvk_hrtimer_setup(&t->hrt, expired, CLOCK_MONOTONIC,
				  HRTIMER_MODE_REL_HARD);
	}
}

void hvk_vtimer_vcpu_reset(struct hvk_vcpu *vcpu)
{
	enum hvk_timer_id id;

	for (id = 0; id < HVK_NR_TIMERS; id++) {
		struct hvk_vtimer *t = &vcpu->timer[id];

		hrtimer_cancel(&t->hrt);
		*ctl_of(t) = 0;
		*cval_of(t) = 0;
		update_line(t, false);
	}
}

void hvk_vtimer_vcpu_destroy(struct hvk_vcpu *vcpu)
{
	enum hvk_timer_id id;

	for (id = 0; id < HVK_NR_TIMERS; id++)
		hrtimer_cancel(&vcpu->timer[id].hrt);
}

/* --- the host's PPIs ------------------------------------------------------- */

/*
 * Handles the PPIs, which are only there to end guest mode. That has happened, and the
 * source was read and silenced at the exit: an interrupt that is still taken here is a
 * late one.
 */
static irqreturn_t nothing_left(int irq, void *dev)
{
	return IRQ_HANDLED;
}

static int request(int irq, const char *name, bool *own)
{
	int err;

	/* KVM has requested it at boot, and there can be one handler only: KVM's will do. */
	if (irq_has_action(irq))
		return 0;
	err = request_percpu_irq(irq, nothing_left, name, &cpu_irqs);
	*own = !err;
	return err;
}

int hvk_vtimer_host_init(void)
{
	int err;

	err = request(hvk_host.vtimer_irq, "hvk guest vtimer", &own_timer_irq);
	if (err)
		return err;
	/*
	 * Marks it as forwarded to a guest: the GIC's driver leaves its deactivation to
	 * the guest.
	 */
	if (own_timer_irq)
		irq_set_vcpu_affinity(hvk_host.vtimer_irq, &own_timer_irq);
	err = request(hvk_host.htimer_irq, "hvk guest ptimer", &own_htimer_irq);
	if (!err)
		err = request(hvk_host.maint_irq, "hvk maintenance", &own_maint_irq);
	if (err)
		hvk_vtimer_host_exit();
	return err;
}

void hvk_vtimer_host_exit(void)
{
	if (own_timer_irq) {
		irq_set_vcpu_affinity(hvk_host.vtimer_irq, NULL);
		free_percpu_irq(hvk_host.vtimer_irq, &cpu_irqs);
	}
	if (own_htimer_irq)
		free_percpu_irq(hvk_host.htimer_irq, &cpu_irqs);
	if (own_maint_irq)
		free_percpu_irq(hvk_host.maint_irq, &cpu_irqs);
	own_timer_irq = false;
	own_htimer_irq = false;
	own_maint_irq = false;
}

/* Called after EL2 of this CPU was taken, interrupts off. */
static void cpu_up(void)
{
	struct cpu_irqs *irqs = this_cpu_ptr(&cpu_irqs);

	irqs->enabled_timer = enable(hvk_host.vtimer_irq);
	irqs->enabled_htimer = enable(hvk_host.htimer_irq);
	irqs->enabled_maint = enable(hvk_host.maint_irq);
	/*
	 * Where KVM runs guests beside ours it may have enabled them, and may disable them with its
	 * last VM, in a thread of its own on this CPU. What the GIC has may be less than the
	 * kernel remembers, after this CPU was offline.
	 */
	irqs->watch = hvk_el2_is_vhe() && !own_timer_irq;
	if (irqs->watch) {
		enable_percpu_irq(hvk_host.vtimer_irq, irq_get_trigger_type(hvk_host.vtimer_irq));
		enable_percpu_irq(hvk_host.htimer_irq, irq_get_trigger_type(hvk_host.htimer_irq));
		enable_percpu_irq(hvk_host.maint_irq, irq_get_trigger_type(hvk_host.maint_irq));
	}
	hvk_vgic_cpu_init();
}

/* Called before EL2 of this CPU is given back, interrupts off. kvm: KVM is installed here. */
static void cpu_down(bool kvm)
{
	struct cpu_irqs *irqs = this_cpu_ptr(&cpu_irqs);

	/* The next owner has to find the PPI inactive, as we did. */
	hvk_vgic_ppi_active(hvk_host.vtimer_intid, false);
	/*
	 * If KVM is installed here it needs both PPIs from now on. Where the kernel is at EL2, it
	 * may have used what it has requested all the time.
	 */
	if (irqs->enabled_timer && !kvm && (own_timer_irq || !hvk_el2_is_vhe()))
		disable_percpu_irq(hvk_host.vtimer_irq);
	if (irqs->enabled_htimer && (own_htimer_irq || !hvk_el2_is_vhe()))
		disable_percpu_irq(hvk_host.htimer_irq);
	if (irqs->enabled_maint && !kvm && (own_maint_irq || !hvk_el2_is_vhe()))
		disable_percpu_irq(hvk_host.maint_irq);
	irqs->enabled_timer = false;
	irqs->enabled_htimer = false;
	irqs->enabled_maint = false;
}

const struct hvk_el2_hooks hvk_vtimer_hooks = {
	.up = cpu_up,
	.down = cpu_down,
};
